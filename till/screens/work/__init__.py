"""The open till, its reader and its line, each on a thread of its own. No Kivy."""
