"""What keeps a text from going out. A guard looks at what it is given, and asks nobody."""
