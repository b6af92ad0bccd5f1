#!/usr/bin/env bash
# PyPI canaille with one person and one client, in the foreground; every value comes from the environment.
# PORT, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, PERSON_EMAIL, PERSON_NAME, PERSON_PASSWORD,
# DATA (an empty folder for its database) and PROGRAM (the path of canaille; it reads a variable CANAILLE itself).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

export CANAILLE_CONFIG="$here/canaille.toml"
export SERVER_NAME="localhost:$PORT"
SECRET_KEY=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
export SECRET_KEY
export CANAILLE_SQL__DATABASE_URI="sqlite:///$DATA/canaille.sqlite"

# Making the key warns that there is no key yet.
CANAILLE_OIDC__ACTIVE_JWKS="[$("$PROGRAM" jwk create rsa 2>/dev/null)]"
export CANAILLE_OIDC__ACTIVE_JWKS

"$PROGRAM" install
"$PROGRAM" create user --quiet \
  --user-name person --formatted-name "$PERSON_NAME" --family-name "${PERSON_NAME##* }" \
  --emails "$PERSON_EMAIL" --password "$PERSON_PASSWORD"
"$PROGRAM" create client --quiet \
  --client-id "$CLIENT_ID" --client-secret "$CLIENT_SECRET" --client-name "Partner portal" \
  --redirect-uris "$REDIRECT_URI" --scope openid --scope email --scope profile \
  --grant-types authorization_code --response-types code \
  --token-endpoint-auth-method client_secret_basic --id-token-signed-response-alg RS256
# An ID token must name the client as its audience. It cannot while it is being created, being unknown until then.
"$PROGRAM" set client "$CLIENT_ID" --quiet --audience "$CLIENT_ID"

exec "$PROGRAM" run --bind "127.0.0.1:$PORT"
