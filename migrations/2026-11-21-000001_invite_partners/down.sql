-- For developers only: the portal itself never goes back.
ALTER TABLE partner_records DROP CONSTRAINT partner_records_invitation;
DROP TABLE signin_proofs, mails, connections, mail_stops, invitation_links, invitations, invitation_batches, partner_records;
DROP FUNCTION mailbox_of;
