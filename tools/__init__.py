"""What writes files of this repository from files of others, by hand and before a release."""
