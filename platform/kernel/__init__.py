"""What every room of the platform stands on: settings, the database, the calendar, errors."""
