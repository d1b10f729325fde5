"""What is looked up beside the model: words of feeling, denial and strength, and how denial changes a reading."""
