"""Files for other programs: a calendar, a table for a spreadsheet."""
