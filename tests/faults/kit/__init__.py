"""What the scenarios share. Speaks HTTP, SQL (by psql) and SMTP; knows no line of the server. Python 3.9, standard library."""
