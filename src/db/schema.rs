//! The tables as Diesel sees them. Written by the Diesel CLI (`diesel print-schema`), never by hand;
//! columns that PostgreSQL computes (`number`, `search_text`) are read-only here.

diesel::table! {
    tenants (id) {
        id -> Uuid,
        slug -> Text,
        name -> Text,
        uses_salesforce -> Bool,
        accent -> Nullable<Text>,
        version -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    organisations (id) {
        id -> Uuid,
        tenant_id -> Uuid,
        number -> BigInt,
        kind -> Text,
        parent_id -> Nullable<Uuid>,
        name -> Text,
        name_key -> Text,
        code -> Nullable<Text>,
        logo_url -> Nullable<Text>,
        zuora_account_id -> Nullable<Text>,
        invoice_owner -> Nullable<Text>,
        salesforce_account_id -> Nullable<Text>,
        country -> Nullable<Text>,
        time_zone -> Text,
        customer_count -> Integer,
        properties -> Jsonb,
        shop_access -> Bool,
        self_service_access -> Bool,
        state -> Text,
        state_before_deletion -> Nullable<Text>,
        deleted_at -> Nullable<Timestamptz>,
        user_count -> Integer,
        version -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        sort_key -> Text,
        search_text -> Text,
    }
}

diesel::table! {
    users (id) {
        id -> Uuid,
        tenant_id -> Uuid,
        organisation_id -> Uuid,
        number -> BigInt,
        name -> Text,
        email -> Text,
        email_key -> Text,
        role -> Text,
        state -> Text,
        removed_at -> Nullable<Timestamptz>,
        removed_with_organisation -> Bool,
        last_signed_in_at -> Nullable<Timestamptz>,
        version -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    identities (id) {
        id -> Uuid,
        tenant_id -> Uuid,
        user_id -> Uuid,
        issuer -> Text,
        subject -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        key_hash -> Bytea,
        user_id -> Uuid,
        provider -> Text,
        device -> Text,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    signin_flows (id) {
        id -> Uuid,
        browser_hash -> Bytea,
        state_hash -> Bytea,
        provider -> Text,
        pkce_verifier -> Text,
        nonce -> Text,
        return_to -> Text,
        created_at -> Timestamptz,
        issuer -> Nullable<Text>,
        subject -> Nullable<Text>,
        email -> Nullable<Text>,
    }
}

diesel::table! {
    kept_forms (id) {
        id -> Uuid,
        user_id -> Uuid,
        path -> Text,
        body -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    used_form_keys (key) {
        key -> Uuid,
        user_id -> Uuid,
        sent_hash -> Bytea,
        location -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    audit_events (id) {
        id -> Uuid,
        tenant_id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        at -> Timestamptz,
        actor_kind -> Text,
        actor_id -> Nullable<Uuid>,
        actor_name -> Text,
        verb -> Text,
        object_kind -> Text,
        object_id -> Nullable<Uuid>,
        object_name -> Text,
        changes -> Jsonb,
        request_id -> Nullable<Text>,
    }
}

diesel::joinable!(organisations -> tenants (tenant_id));
diesel::joinable!(users -> organisations (organisation_id));
diesel::joinable!(users -> tenants (tenant_id));
diesel::joinable!(identities -> users (user_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(audit_events -> tenants (tenant_id));

diesel::allow_tables_to_appear_in_same_query!(
    tenants,
    organisations,
    users,
    identities,
    sessions,
    signin_flows,
    kept_forms,
    used_form_keys,
    audit_events,
);
