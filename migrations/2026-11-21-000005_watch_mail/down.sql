DROP INDEX mails_failed;
DROP INDEX mails_sent;
