"""The night for people: a page in the browser and a summary on the terminal."""
