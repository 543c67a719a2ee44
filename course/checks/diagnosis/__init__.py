"""What a wrong answer tells: known mistakes, relations between two results, places, errors."""
