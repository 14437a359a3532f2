"""Chat from elsewhere: platforms that we call, and systems that call us. See `ports.ChatSource`."""
