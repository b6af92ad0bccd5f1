ALTER INDEX partner_records_search RESET (gin_pending_list_limit);
ALTER INDEX invitations_search RESET (gin_pending_list_limit);
ALTER INDEX organisations_search RESET (gin_pending_list_limit);
DROP INDEX invitations_of_tenant_waiting, invitations_of_organisation_waiting, invitations_of_partners_by_updated,
    invitations_of_partners_by_created, invitations_of_partners_by_number, partner_records_of_organisation,
    users_of_tenant_by_name, users_of_tenant, organisations_of_tenant_by_created, organisations_of_tenant_by_name,
    organisations_of_tenant, users_search, users_by_address;
DROP TRIGGER words_of_changed_names ON organisations;
DROP TRIGGER words_of_new_names ON organisations;
DROP FUNCTION note_changed_words;
DROP FUNCTION note_new_words;
DROP TABLE organisation_words;
