//! The tables as Diesel sees them, from `diesel print-schema`, never by hand; what PostgreSQL computes is read-only here.

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
        shop_url -> Nullable<Text>,
        self_service_url -> Nullable<Text>,
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
        import_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    organisation_imports (id) {
        id -> Uuid,
        tenant_id -> Uuid,
        imported_by -> Uuid,
        size -> Integer,
        created_at -> Timestamptz,
        undone_at -> Nullable<Timestamptz>,
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

diesel::table! {
    partner_records (id) {
        id -> Uuid,
        number -> BigInt,
        tenant_id -> Uuid,
        organisation_id -> Uuid,
        company_name -> Text,
        name_key -> Text,
        partner_type -> Text,
        email -> Text,
        email_key -> Text,
        sales_amount -> Integer,
        frequency -> Text,
        payment_terms -> Text,
        invitation_id -> Nullable<Uuid>,
        guest_organisation_id -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        version -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        sort_key -> Text,
        search_text -> Text,
    }
}

diesel::table! {
    invitation_batches (id) {
        id -> Uuid,
        tenant_id -> Uuid,
        organisation_id -> Uuid,
        inviter_id -> Uuid,
        size -> Integer,
        created_at -> Timestamptz,
        undone_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    invitations (id) {
        id -> Uuid,
        number -> BigInt,
        tenant_id -> Uuid,
        organisation_id -> Uuid,
        kind -> Text,
        inviter_id -> Uuid,
        email -> Text,
        email_key -> Text,
        role -> Nullable<Text>,
        company_name -> Nullable<Text>,
        partner_record_id -> Nullable<Uuid>,
        batch_id -> Nullable<Uuid>,
        to_organisation_id -> Nullable<Uuid>,
        language -> Text,
        lifetime_days -> SmallInt,
        reminder -> Bool,
        state -> Text,
        generation -> Integer,
        expires_at -> Timestamptz,
        last_sent_at -> Timestamptz,
        decided_at -> Nullable<Timestamptz>,
        decided_by -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        search_text -> Text,
    }
}

diesel::table! {
    invitation_links (hash) {
        hash -> Bytea,
        invitation_id -> Uuid,
        generation -> Integer,
        email -> Text,
        created_at -> Timestamptz,
        opened_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    mail_stops (organisation_id, email_key) {
        organisation_id -> Uuid,
        email_key -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    connections (id) {
        id -> Uuid,
        number -> BigInt,
        tenant_id -> Uuid,
        host_organisation_id -> Uuid,
        guest_organisation_id -> Uuid,
        invitation_id -> Nullable<Uuid>,
        host_grants -> Array<Text>,
        guest_grants -> Array<Text>,
        version -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        ended_by_organisation_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    mails (id) {
        id -> Uuid,
        tenant_id -> Uuid,
        organisation_id -> Uuid,
        invitation_id -> Nullable<Uuid>,
        generation -> Nullable<Integer>,
        kind -> Text,
        sender_id -> Nullable<Uuid>,
        to_email -> Text,
        to_key -> Text,
        language -> Text,
        letter -> Jsonb,
        state -> Text,
        due_at -> Timestamptz,
        leased_until -> Nullable<Timestamptz>,
        lease -> Nullable<Uuid>,
        attempts -> Integer,
        unconfirmed -> Integer,
        last_code -> Nullable<Integer>,
        last_error -> Nullable<Text>,
        created_at -> Timestamptz,
        first_tried_at -> Nullable<Timestamptz>,
        sent_at -> Nullable<Timestamptz>,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    signin_proofs (id) {
        id -> Uuid,
        browser_hash -> Bytea,
        issuer -> Text,
        subject -> Text,
        email -> Nullable<Text>,
        verified -> Bool,
        name -> Nullable<Text>,
        provider -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    api_clients (id) {
        id -> Uuid,
        tenant_id -> Uuid,
        organisation_id -> Uuid,
        kind -> Text,
        name -> Text,
        permissions -> Array<Text>,
        created_by -> Uuid,
        version -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    api_secrets (id) {
        id -> Uuid,
        client_id -> Uuid,
        hash -> Bytea,
        hint -> Text,
        created_at -> Timestamptz,
        ends_at -> Nullable<Timestamptz>,
        last_used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    api_tokens (hash) {
        hash -> Bytea,
        client_id -> Uuid,
        permissions -> Array<Text>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    api_repeats (client_id, key) {
        client_id -> Uuid,
        key -> Text,
        request_hash -> Bytea,
        status -> Nullable<SmallInt>,
        body -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    rate_limits (bucket) {
        bucket -> Text,
        first -> BigInt,
        next -> BigInt,
        latest_micros -> BigInt,
        minute -> BigInt,
    }
}

diesel::table! {
    rate_limit_calls (bucket, number) {
        bucket -> Text,
        number -> BigInt,
        at_micros -> BigInt,
    }
}

diesel::table! {
    installation (is_only) {
        is_only -> Bool,
        mark -> Text,
        restored_at -> Nullable<Timestamptz>,
    }
}

diesel::joinable!(organisations -> tenants (tenant_id));
diesel::joinable!(users -> organisations (organisation_id));
diesel::joinable!(organisation_imports -> users (imported_by));
diesel::joinable!(users -> tenants (tenant_id));
diesel::joinable!(identities -> users (user_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(audit_events -> tenants (tenant_id));
diesel::joinable!(partner_records -> organisations (organisation_id));
diesel::joinable!(invitations -> organisations (organisation_id));
diesel::joinable!(invitations -> users (inviter_id));
diesel::joinable!(invitation_links -> invitations (invitation_id));
diesel::joinable!(mails -> invitations (invitation_id));
diesel::joinable!(connections -> invitations (invitation_id));
diesel::joinable!(api_clients -> organisations (organisation_id));
diesel::joinable!(api_secrets -> api_clients (client_id));
diesel::joinable!(api_tokens -> api_clients (client_id));

diesel::allow_tables_to_appear_in_same_query!(
    tenants,
    organisations,
    organisation_imports,
    users,
    identities,
    sessions,
    signin_flows,
    kept_forms,
    used_form_keys,
    audit_events,
    partner_records,
    invitation_batches,
    invitations,
    invitation_links,
    mail_stops,
    connections,
    mails,
    signin_proofs,
    api_clients,
    api_secrets,
    api_tokens,
    api_repeats,
    rate_limit_calls,
    rate_limits,
    installation,
);
