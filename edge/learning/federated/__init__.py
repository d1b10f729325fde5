"""What a device learns together with others: the personal head, and the rounds in which heads are averaged."""
