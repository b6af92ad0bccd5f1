"""The client that openapi-python-client has just written, used for real: list, create, find, read, and an error."""

import os
import uuid

from guildhall_client import AuthenticatedClient
from guildhall_client.api.credential import get_v1_me
from guildhall_client.api.collections import get_v1_organisations, get_v1_organisations_id, post_v1_organisations_find
from guildhall_client.api.network_partners import post_network_partners
from guildhall_client.api.partner_organisations import get_partner_organisations, post_partner_organisation, post_partner_organisation_id
from guildhall_client.api.partners import get_partners, post_partners
from guildhall_client.models import (
    GetPartnersPartnerTypesItem,
    MessageError,
    NewNetworkPartner,
    NewPartner,
    NewPartnerOrganisation,
    NewPartnerPartnerType,
    NewPartnerUser,
    OrganisationEqual,
    OrganisationEqualField,
    OrganisationEqualType,
)

client = AuthenticatedClient(os.environ["BASE_URL"], os.environ["API_KEY"], prefix="", auth_header_name="X-Api-Key")
calls, mark = 0, uuid.uuid4().hex[:8]


def ok(value, words):
    global calls
    calls += 1
    assert value, words
    return value


me = ok(get_v1_me.sync(client=client), "me")
ok(me.tenant == "acme", "me names the tenant")
new = NewPartnerOrganisation(name=f"Generated {mark}", zuora_account_id="2c92c0f978", is_zuora_invoice_owner=True)
made = ok(post_partner_organisation.sync(client=client, body=new), "an organisation is created")
ok(made.data.zuora_account_id == "2c92c0f978" and made.service == "limio", "as it was sent")
user = post_partner_organisation_id.sync(made.id, client=client, body=NewPartnerUser(email=f"{mark}@generated.example"))
ok(user.partner_org == made.id, "a user of it")
ok(get_partner_organisations.sync(client=client, limit=3).query_more, "a first page names the next")
query = OrganisationEqual(type_=OrganisationEqualType.EQ, field=OrganisationEqualField.NAME, value=new.name)
found = post_v1_organisations_find.sync(client=client, body=query)
ok(found.total_elements == 1 and found.data[0].id == made.id, "find finds it")
ok(get_v1_organisations_id.sync(made.id, client=client).name == new.name, "and it is read by its id")
ok(len(get_v1_organisations.sync(client=client, size=5).data) == 5, "a page of five")
again = post_partner_organisation.sync_detailed(client=client, body=new)
ok(again.status_code == 409 and isinstance(again.parsed, MessageError), "the same name is refused, in a shape that is known")
record = NewPartner(
    company_name="Ottawa Parts",
    sales_amount=250_000,
    partner_type=NewPartnerPartnerType.CUSTOMER,
    email="parts@generated.example",
    frequency="monthly",
    payment_terms="30 days net",
)
sides = {"requester_organization_id": str(me.organisation_id), "target_organization_id": str(me.organisation_id)}
kept = ok(post_partners.sync(client=client, body=record, **sides), "a partner record is created")
ok(kept.company_name == "Ottawa Parts" and kept.invitation_status is None, "as it was sent")
listed = get_partners.sync(client=client, partner_types=[GetPartnersPartnerTypesItem.CUSTOMER], limit=1_000, **sides)
ok(any(one.id == kept.id for one in listed.items), "and listed")
partner = post_network_partners.sync(client=client, body=NewNetworkPartner(name=f"Network {mark}", country="IT"), x_servitly_tenant="acme")
ok(partner.country == "IT" and partner.creation_timestamp > 1_700_000_000_000, "a network partner is created")
print(f"{calls} expectations of the generated client hold")
