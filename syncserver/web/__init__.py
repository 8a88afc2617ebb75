"""The office's pages: what its people look at all day. They work without JavaScript; nothing comes from elsewhere."""
