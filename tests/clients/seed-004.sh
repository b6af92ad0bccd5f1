curl -X 'GET' \
'https://api.product-live.com/v1/partner-invitations/789' \
-H 'accept: */*' \
-H 'X-Api-Key: <REDACTED>'

curl -X 'GET' \
'https://api.product-live.com/v1/partner-invitations?size=10&page=0' \
-H 'accept: */*' \
-H 'X-Api-Key: <REDACTED>'

curl -X 'POST' \
'https://api.product-live.com/v1/partner-invitations/find?size=10&page=0' \
-H 'accept: */*' \
-H 'X-Api-Key: <REDACTED>' \
-H 'Content-Type: application/json' \
-d '{
"type": "eq",
"caseSensitive": true,
"field": "status",
"value": "PENDING"
}'
