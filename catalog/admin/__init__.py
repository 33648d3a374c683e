"""What editors find in the admin, one subject a file."""
