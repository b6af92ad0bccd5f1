DROP TABLE api_calls, api_repeats, api_tokens, api_secrets, api_clients;
ALTER TABLE tenants DROP COLUMN shop_url, DROP COLUMN self_service_url;
