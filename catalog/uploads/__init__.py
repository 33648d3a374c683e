"""Tables that people upload: read as text, checked row by row, and carried out row by row."""
