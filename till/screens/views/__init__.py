"""What is shown, made from what operations return: words, figures, tones. No Kivy."""
