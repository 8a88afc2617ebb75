"""What tills hear: entries passed on, each with a proof."""
