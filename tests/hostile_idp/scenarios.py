"""Every way to lie to a portal, by the rows of the list of negative tests for relying parties (OpenID Connect Core,
RFC 9700, RFC 9207, the OpenID Foundation's own suite). Each says whether somebody may be signed in by it."""

import base64
import hashlib
import json

from cryptography.hazmat.primitives import serialization

import tls
from idp import CLIENT, SECRET, compact, drips, endless, hangs_up, hmac_sign, raw, stalls

IN, OUT = "signed in", "nobody"


class Scenario:
    """One behaviour. What is not given is honest."""

    def __init__(self, row, what, expect, claims=None, discovery=None, jwks=None, answer=None, tokens=None, user=None,
                 drive=None, email=None, generous=False, fetches=None, certificate=None, absent=False,
                 behind=None, other=None):
        nothing = lambda *_: None  # noqa: E731
        self.row, self.what, self.expect, self.drive, self.generous = row, what, expect, drive, generous
        self.claims, self.discovery, self.jwks = claims or nothing, discovery or nothing, jwks or nothing
        self.answer, self.tokens, self.user = answer or nothing, tokens or nothing, user or nothing
        # An answer by this address instead of the person's own; None leaves it out of the ID token.
        self.said, self.fetches = email, fetches
        # What its own door shows, or that it is closed until a walk opens it.
        self.certificate, self.absent, self.port = certificate, absent, None
        # Another door with another certificate, and another provider that a walk needs.
        self.behind, self.second, self.other = behind, None, other
        self.name = self.email = ""
        self.flows, self.complaints = [], []


def sets(**claims):
    return lambda flow: flow.claims.update(claims)


def at(**offsets):
    """Times in seconds from now."""
    return lambda flow: flow.claims.update({name: flow.now + offset for name, offset in offsets.items()})


def without(*names):
    return lambda flow: [flow.claims.pop(name, None) for name in names]


def header(**members):
    return lambda flow: flow.header.update(members)


def issuer(change):
    return lambda flow: flow.claims.update(iss=change(flow.issuer))


def token(make):
    """The token that this makes of the flow, instead of the honest one."""
    def lie(flow):
        flow.raw = make(flow)
    return lie


def signed_by(key, **members):
    def lie(flow):
        own = getattr(flow.keys, key)
        flow.signer = own.sign
        flow.header.update(members)
    return lie


def unsigned(alg, signature=b""):
    return token(lambda flow: compact({"alg": alg, "typ": "JWT"}, flow.claims, lambda _: signature))


def with_secret(secret):
    def lie(flow):
        flow.header.update(alg="HS256")
        flow.header.pop("kid", None)
        flow.signer = hmac_sign(secret(flow))
    return lie


def public_pem(flow):
    public = flow.keys.main.private.public_key()
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def published(make):
    return lambda scenario, document, keys, asked: {"keys": make(keys, asked)}


def document(**members):
    def change(scenario, original):
        changed = original | members
        return {name: value for name, value in changed.items() if value is not None}
    return change


def text_of(flow):
    return json.dumps(flow.claims)


def twin_before(name, wrong):
    """The claim stands twice: a wrong one, then the right one."""
    def lie(flow):
        flow.raw = compact(flow.header, f'{{"{name}": {json.dumps(wrong)}, {text_of(flow)[1:]}', flow.signer)
    return lie


def twin_behind(name, last):
    """The right one, then the wrong one."""
    def lie(flow):
        flow.raw = compact(flow.header, text_of(flow)[:-1] + f', "{name}": {json.dumps(last)}}}', flow.signer)
    return lie


def flipped(position):
    """A bit of the signature is another one."""
    def lie(flow):
        honest = compact(flow.header, flow.claims, flow.signer)
        signed, _, signature = honest.rpartition(".")
        decoded = bytearray(base64.urlsafe_b64decode(signature + "=="))
        decoded[position] ^= 1
        flow.raw = f"{signed}.{base64.urlsafe_b64encode(decoded).rstrip(b'=').decode()}"
    return lie


def resigned(change):
    """The honest signature under other claims."""
    def lie(flow):
        honest = compact(flow.header, flow.claims, flow.signer)
        other = compact(flow.header, flow.claims | change, lambda _: b"")
        flow.raw = other + honest.rsplit(".", 1)[1]
    return lie


def padded_e(keys, _):
    return [keys.main.jwk | {"e": "AQ"}]


def modified_key(**members):
    return published(lambda keys, _: [keys.main.jwk | members])


def answers(change):
    def lie(flow):
        flow.reply = change(flow, list(flow.reply))
    return lie


def named(flow, reply, name, value):
    return [(n, v) for n, v in reply if n != name] + ([(name, value)] if value is not None else [])


def without_email(flow):
    for name in ("email", "email_verified"):
        flow.claims.pop(name)


def userinfo(**members):
    def change(scenario, honest, flow):
        changed = honest | members
        return {name: value for name, value in changed.items() if value is not None}
    return {"claims": without_email, "user": change}


def answers_user(reply):
    return {"claims": without_email, "user": lambda *_: reply}


def answers_token(reply):
    return {"tokens": lambda *_: reply}


def changes_token(**members):
    return {"tokens": lambda s, honest, f: {k: v for k, v in (honest | members).items() if v is not None}}


def honest():
    return [
        Scenario(1, "an honest provider", IN),
        Scenario(1, "one key, and a token that does not name it", IN, claims=lambda f: f.header.pop("kid")),
        Scenario(1, "typ left out", IN, claims=lambda f: f.header.pop("typ")),
        Scenario(4, "aud is a list of us", IN, claims=sets(aud=[CLIENT])),
        Scenario(5, "azp left out", IN, claims=without("azp")),
        Scenario(6, "expired 30 s ago", IN, claims=at(exp=-30, iat=-60)),
        Scenario(8, "issued 30 s ahead", IN, claims=at(iat=30, nbf=30)),
        Scenario(22, "at_hash left out", IN, claims=without("at_hash")),
        Scenario(17, "the key is new, found by one look", IN, claims=signed_by("other", kid="other"),
                 jwks=published(lambda keys, asked: [keys.main.jwk] + ([keys.other.jwk] if asked > 1 else []))),
        Scenario(24, "the address is in userinfo", IN, **userinfo()),
        Scenario(32, "PKCE not advertised", IN, discovery=document(code_challenge_methods_supported=None)),
        Scenario(46, "iss in the answer, as advertised", IN, discovery=document(authorization_response_iss_parameter_supported=True),
                 answer=answers(lambda f, reply: reply + [("iss", f.issuer)])),
        Scenario(29, "a certificate of an authority that the operator trusts", IN, certificate="honest"),
        *[Scenario(50, f"auth_time is {value!r}, which nobody asked for", IN, claims=sets(auth_time=value)) for value in (0, -1, "yesterday", 4e9, None)],
        Scenario(50, "another level of assurance, which nobody asked for", IN, claims=sets(acr="0", amr=["none"])),
        Scenario(55, "a refresh token that nobody asked for", IN, tokens=lambda s, honest, flow: honest | {"refresh_token": flow.refresh}),
        Scenario(56, "back-channel logout advertised", IN, discovery=document(backchannel_logout_supported=True, frontchannel_logout_supported=True)),
        Scenario(34, "the address in capitals", IN, claims=lambda f: f.claims.update(email=f.email.upper())),
    ]


def claims():
    out = []

    def add(row, what, lie):
        out.append(Scenario(row, what, OUT, claims=lie))

    for what, change in [
        ("another issuer", lambda i: "http://127.0.0.1:1/other"), ("a slash more", lambda i: i + "/"),
        ("capitals", str.upper), ("https", lambda i: i.replace("http:", "https:")), ("no scheme", lambda i: i.split("//")[1]),
        ("a neighbour", lambda i: i[:-1]), ("localhost", lambda i: i.replace("127.0.0.1", "localhost")),
        ("a space behind", lambda i: i + " "), ("a list", lambda i: [i]), ("a number", lambda i: 1), ("null", lambda i: None),
    ]:
        add(2, f"iss: {what}", issuer(change))
    add(2, "iss left out", without("iss"))
    for value in ["other", [], 1, None, [CLIENT, "other"], ["other"], {"aud": CLIENT}, CLIENT.upper(), f"{CLIENT} ", [[CLIENT]], ""]:
        add(3, f"aud is {value!r}", sets(aud=value))
    add(3, "aud left out", without("aud"))
    for value in ["other", [CLIENT], 1, None, ""]:
        add(5, f"azp is {value!r}", sets(azp=value))
    add(6, "expired 2 minutes ago", at(exp=-120, iat=-180))
    add(6, "expired a year ago", at(exp=-31_536_000))
    for value in ["soon", -1, 0, 1e18, 1e400, 4_102_444_800.5, True, None, [], "4102444800"]:
        add(7, f"exp is {value!r}", sets(exp=value))
    add(7, "exp left out", without("exp"))
    add(8, "iat left out", without("iat"))
    add(8, "issued 2 minutes ahead", at(iat=120))
    add(8, "issued 11 minutes ago", at(iat=-660))
    add(8, "valid in 2 minutes", at(nbf=120))
    for value in ["now", -5, 1e18, None, []]:
        add(8, f"iat is {value!r}", sets(iat=value))
    add(8, "nbf is text", sets(nbf="now"))
    for what, value in [("wrong", "x" * 43), ("empty", ""), ("a list", ["x"]), ("a number", 7), ("null", None)]:
        add(9, f"nonce: {what}", sets(nonce=value))
    add(9, "nonce left out", without("nonce"))
    add(9, "nonce cut", lambda f: f.claims.update(nonce=f.claims["nonce"][:-1]))
    add(9, "nonce in other capitals", lambda f: f.claims.update(nonce=f.claims["nonce"].swapcase()))
    for value in ["", "x" * 256, "a\0b", "a\nb", 7, None, ["a"], {}, True]:
        add(10, f"sub is {str(value)[:12]!r}", sets(sub=value))
    add(10, "sub left out", without("sub"))
    for value in ["wrong", "", None, 7, []]:
        add(22, f"at_hash is {value!r}", sets(at_hash=value))
    add(22, "at_hash of the whole", lambda f: f.claims.update(at_hash=hashlib.sha256(f.access.encode()).hexdigest()))
    for name, value in [("iss", "http://127.0.0.1:1/other"), ("aud", "other"), ("sub", "somebody-else"), ("nonce", "x"), ("exp", 1),
                        ("email", "owner@other.example"), ("email_verified", False)]:
        add(58, f"{name} twice, the wrong one first", twin_before(name, value))
        add(58, f"{name} twice, the wrong one last", twin_behind(name, value))
    return out


def signatures():
    out = []

    def add(row, what, lie, **more):
        out.append(Scenario(row, what, OUT, claims=lie, **more))

    for alg in ["none", "nOnE", "NONE", "None", ""]:
        add(11, f"alg {alg!r}, unsigned", unsigned(alg))
    add(11, "alg none over an honest signature", lambda f: f.header.update(alg="none"))
    add(11, "alg none, advertised", unsigned("none"), discovery=document(id_token_signing_alg_values_supported=["none", "RS256"]))
    add(11, "no alg at all", lambda f: f.header.pop("alg"))
    hs = document(id_token_signing_alg_values_supported=["HS256", "RS256"])
    add(12, "HS256 with the client's secret", with_secret(lambda f: SECRET.encode()))
    add(12, "HS256 with the client's secret, advertised", with_secret(lambda f: SECRET.encode()), discovery=hs)
    add(12, "HS256 with the public key as text", with_secret(public_pem), discovery=hs)
    add(12, "HS256 with the key's modulus", with_secret(lambda f: f.keys.main.jwk["n"].encode()), discovery=hs)
    add(12, "HS256 with nothing", with_secret(lambda f: b""), discovery=hs)
    add(12, "HS256 by a key of the set", with_secret(lambda f: b"k" * 32), discovery=hs,
        jwks=published(lambda keys, _: [keys.main.jwk, {"kty": "oct", "k": base64.urlsafe_b64encode(b"k" * 32).decode().rstrip("=")}]))
    add(14, "signed by somebody else under our key's name", signed_by("foreign"))
    add(14, "first bit of the signature flipped", flipped(0))
    add(14, "last bit of the signature flipped", flipped(-1))
    add(14, "signature empty", token(lambda f: compact(f.header, f.claims, lambda _: b"")))
    add(14, "signature cut", token(lambda f: compact(f.header, f.claims, lambda d: f.signer(d)[:-1])))
    add(14, "signature longer", token(lambda f: compact(f.header, f.claims, lambda d: f.signer(d) + b"\0")))
    add(14, "signature of zeros", token(lambda f: compact(f.header, f.claims, lambda _: b"\0" * 256)))
    add(14, "signature of one", token(lambda f: compact(f.header, f.claims, lambda _: b"\0" * 255 + b"\1")))
    add(14, "signature of the other claims", resigned({"email": "owner@other.example"}))
    both = published(lambda keys, _: [keys.main.jwk, keys.ec.jwk, keys.ed.jwk])
    all_advertised = document(id_token_signing_alg_values_supported=["RS256", "ES256", "PS256", "EdDSA"])
    add(15, "ES256, published and advertised, not configured", signed_by("ec", kid="ec", alg="ES256"), jwks=both, discovery=all_advertised)
    add(15, "EdDSA, published and advertised, not configured", signed_by("ed", kid="ed", alg="EdDSA"), jwks=both, discovery=all_advertised)
    add(15, "RS512 named, RS256 made", header(alg="RS512"))
    add(15, "PS256 named, RS256 made", header(alg="PS256"), discovery=all_advertised)
    add(15, "alg in small letters", header(alg="rs256"))
    add(15, "alg in a list", header(alg=["RS256"]))
    two = published(lambda keys, _: [k.jwk | {"kid": None} for k in (keys.main, keys.other)])
    add(16, "no key named, two fit", lambda f: f.header.pop("kid"), jwks=two)
    add(16, "key named, the set names none", header(), jwks=published(lambda keys, _: [{k: v for k, v in keys.main.jwk.items() if k != "kid"}]))
    add(17, "an unknown key named", header(kid="unknown"))
    for kid in ["../../dev/null", "' OR 1=1 --", "http://127.0.0.1/keys", "\0", "k" * 100_000, 7, None, ["main"], {"a": 1}]:
        add(17, f"kid is {str(kid)[:16]!r}", header(kid=kid) if kid is not None else header(kid="null"))
    add(17, "old key still used after rotation", header(), jwks=published(lambda keys, _: [keys.other.jwk]))
    add(18, "key for encryption", header(), jwks=modified_key(use="enc"))
    add(18, "key of another kind", header(), jwks=modified_key(kty="EC"))
    add(18, "key for another algorithm", header(), jwks=modified_key(alg="RS512"))
    add(18, "exponent one", token(lambda f: compact(f.header, f.claims, lambda _: b"\1")), jwks=published(padded_e))
    add(18, "1024 bits", signed_by("weak", kid="weak"), jwks=published(lambda keys, _: [keys.weak.jwk]))
    add(18, "two keys of one name", header(), jwks=published(lambda keys, _: [keys.foreign.jwk, keys.main.jwk]))
    add(18, "operations without verify", header(), jwks=modified_key(key_ops=["encrypt"], use=None))
    for name in ["jku", "x5u"]:
        add(19, f"{name} with an attacker's keys", lambda f, n=name: (signed_by("foreign", kid="foreign", **{n: f"{f.issuer}/trap"})(f)), fetches="trap")
    add(19, "jwk with an attacker's key", lambda f: signed_by("foreign", kid="foreign", jwk=f.keys.foreign.jwk)(f))
    add(19, "jwk with an attacker's key, no kid", lambda f: (signed_by("foreign", jwk=f.keys.foreign.jwk)(f), f.header.pop("kid")))
    add(19, "x5c with an attacker's certificate", lambda f: signed_by("foreign", kid="foreign", x5c=["MIIB"])(f))
    for typ in ["at+jwt", "logout+jwt", "JWE", 7, "secevent+jwt"]:
        add(20, f"typ is {typ!r}", header(typ=typ))
    add(20, "crit", header(crit=["exp"]))
    add(20, "crit empty", header(crit=[]))
    add(20, "unencoded payload", header(b64=False, crit=["b64"]))
    add(20, "cty", header(cty="JWT"))
    forms = {
        "four parts": lambda h: h + ".x", "two parts": lambda h: h.rsplit(".", 1)[0], "empty": lambda h: "", "no JSON": lambda h: "a.b.c",
        "padding": lambda h: h + "==", "spaces": lambda h: " " + h, "standard alphabet": lambda h: h.replace("-", "+").replace("_", "/") + "=",
        "five parts": lambda h: "a.b.c.d.e", "1 MB": lambda h: "a" * 1_000_000 + h, "NUL behind": lambda h: h + "\0",
        "line breaks": lambda h: h[:20] + "\n" + h[20:],
    }
    for what, change in forms.items():
        add(21, f"token form: {what}", token(lambda f, c=change: c(compact(f.header, f.claims, f.signer))))
    add(21, "claims are a list", token(lambda f: compact(f.header, "[1]", f.signer)))
    add(21, "claims are deep", token(lambda f: compact(f.header, "[" * 100_000, f.signer)))
    add(21, "header alg twice", token(lambda f: compact('{"alg":"none","alg":"RS256","kid":"main"}', f.claims, f.signer)))
    add(21, "header is a list", token(lambda f: compact("[]", f.claims, f.signer)))
    return out


def doors():
    out = [Scenario(24, f"userinfo: sub {what}", OUT, **userinfo(sub=value)) for what, value in
           [("of somebody else", "somebody"), ("left out", None), ("empty", ""), ("a number", 7), ("a list", ["x"])]]
    for what, reply in [
        ("500", raw(500, "{}")), ("HTML", raw(200, "<h1>hello</h1>", "text/html")), ("a JWT", raw(200, "a.b.c", "application/jwt")),
        ("gzip", raw(200, b"\x1f\x8b\x08" + b"\0" * 40, headers=[("Content-Encoding", "gzip")])), ("endless", endless),
        ("redirect", raw(302, "", headers=[("Location", "http://169.254.169.254/")])), ("reset", hangs_up), ("a list", raw(200, "[]")),
        ("deep", raw(200, "[" * 100_000)), ("a token that is too old", raw(401, '{"error":"invalid_token"}')),
    ]:
        out.append(Scenario(25, f"userinfo: {what}", OUT, **answers_user(reply)))
    for what, reply in [
        ("HTML", raw(200, "<h1>hello</h1>", "text/html")), ("302", raw(302, "", headers=[("Location", "/trap")])), ("500", raw(500, "{}")),
        ("307", raw(307, "", headers=[("Location", "/trap")])), ("201", raw(201, "{}")), ("empty", raw(200, "")), ("a list", raw(200, "[]")),
        ("reset", hangs_up), ("endless", endless), ("gzip", raw(200, b"\x1f\x8b\x08", headers=[("Content-Encoding", "gzip")])),
        ("invalid_client", raw(401, '{"error":"invalid_client"}')), ("invalid_grant", raw(400, '{"error":"invalid_grant"}')),
        ("an error with 200", raw(200, '{"error":"access_denied"}')), ("deep", raw(200, "[" * 100_000)),
    ]:
        out.append(Scenario(27, f"token endpoint: {what}", OUT, **answers_token(reply)))
    out += [
        Scenario(27, "no ID token", OUT, **changes_token(id_token=None)), Scenario(27, "ID token null", OUT, **changes_token(id_token="")),
        Scenario(27, "token type MAC", OUT, **changes_token(token_type="MAC")), Scenario(27, "no token type", OUT, **changes_token(token_type=None)),
        Scenario(27, "no access token", OUT, **changes_token(access_token=None)), Scenario(27, "ID token in a list", OUT, **changes_token(id_token=["x"])),
        Scenario(28, "token endpoint hangs", OUT, **answers_token(stalls)), Scenario(28, "token endpoint drips", OUT, **answers_token(drips)),
    ]
    bad = "http://169.254.169.254/latest"
    for what, change in [
        ("issuer of somebody else", document(issuer="http://127.0.0.1:1/other")), ("issuer with a slash", lambda s, d: d | {"issuer": d["issuer"] + "/"}),
        ("issuer left out", document(issuer=None)), ("token endpoint at a cloud's door", document(token_endpoint=bad)),
        ("keys at a cloud's door", document(jwks_uri=bad)), ("keys in a file", document(jwks_uri="file:///etc/passwd")),
        ("authorisation by script", document(authorization_endpoint="javascript:alert(1)")), ("keys at plain http elsewhere", document(jwks_uri="http://example.com/")),
        ("a password in an address", lambda s, d: d | {"token_endpoint": d["token_endpoint"].replace("//", "//u:p@")}),
        ("a fragment in an address", lambda s, d: d | {"token_endpoint": d["token_endpoint"] + "#x"}), ("userinfo in a file", document(userinfo_endpoint="file:///x")),
        ("no token endpoint", document(token_endpoint=None)), ("no keys", document(jwks_uri=None)), ("a list", lambda *_: raw(200, "[]")),
        ("HTML", lambda *_: raw(200, "<h1>x</h1>", "text/html")), ("500", lambda *_: raw(500, "{}")), ("endless", lambda *_: endless),
        ("a redirect", lambda *_: raw(302, "", headers=[("Location", bad)])), ("stalls", lambda *_: stalls), ("reset", lambda *_: hangs_up),
        ("gzip", lambda *_: raw(200, b"\x1f\x8b\x08", headers=[("Content-Encoding", "gzip")])), ("deep", lambda *_: raw(200, "[" * 100_000)),
    ]:
        out.append(Scenario(30, f"discovery: {what}", OUT, discovery=change))
    for what, keys in [("none", []), ("no list", None), ("HTML", raw(200, "<h1>x</h1>", "text/html")), ("endless", endless), ("500", raw(500, "{}")),
                       ("drips", drips), ("a list of numbers", [1, 2]), ("keys of no kind", [{"kty": "zq7"}])]:
        lie = (lambda *_, k=keys: k) if callable(keys) else (lambda *_, k=keys: {"keys": k})
        out.append(Scenario(30, f"keys: {what}", OUT, jwks=lie))
    return out


def certificates():
    """The secret of the client must not go, nor a code, to whoever cannot show whose door it is."""
    wrong = [kind for kind in tls.KINDS if kind != "honest"]
    found = [Scenario(29, f"a certificate {kind}" if "TLS" not in kind else kind, OUT, certificate=kind) for kind in wrong]

    def moved(name):
        return lambda scenario, document: document | {name: document[name].replace(f":{scenario.port}/", f":{scenario.second}/")}

    for name in ("token_endpoint", "jwks_uri"):
        found.append(Scenario(29, f"{name} behind an expired certificate", OUT, certificate="honest", behind="expired", discovery=moved(name)))
        found.append(Scenario(29, f"{name} without TLS", OUT, certificate="honest",
                              discovery=lambda s, d, n=name: d | {n: d[n].replace("https:", "http:")}))
    found.append(Scenario(29, "userinfo behind an expired certificate", OUT, certificate="honest", behind="expired", discovery=moved("userinfo_endpoint"), **userinfo()))
    return found


def people():
    out = [Scenario(33, f"email_verified is {value!r}", OUT, claims=sets(email_verified=value)) for value in
           (False, "true", 1, None, [True], "True", {}, 1.0)]
    out.append(Scenario(33, "email_verified left out", OUT, claims=without("email_verified")))
    alike = {
        "a dotless i": lambda e: e.replace("i", "ı"), "a Kelvin sign": lambda e: e.replace("k", "\u212a"), "a ligature": lambda e: e.replace("fi", "ﬁ"),
        "a full-width at": lambda e: e.replace("@", "＠"), "a Cyrillic a": lambda e: e.replace("a", "а"), "a zero-width space": lambda e: e.replace("@", "\u200b@"),
        "a trailing dot": lambda e: e + ".", "a quoted name": lambda e: '"{}"@{}'.format(*e.split("@")), "a tag": lambda e: e.replace("@", "+x@"),
        "dots in the name": lambda e: e[0] + "." + e[1:], "spaces around": lambda e: f" {e} ", "a comment": lambda e: e + "(x)", "brackets": lambda e: f"<{e}>",
        "two addresses": lambda e: f"{e},x@other.example", "a line break": lambda e: e + "\r\nBcc: x@other.example", "NUL behind": lambda e: e + "\0",
        "two at": lambda e: e.replace("@", "@@"), "percent": lambda e: e.replace("@", "%40"), "full-width letters": lambda e: e.replace("k", "ｋ"),
        "a soft hyphen": lambda e: e.replace("@", "\u00ad@"), "a combining dot": lambda e: e.replace("i", "i\u0307"), "a long s": lambda e: e.replace("s", "ſ"),
        "a wildcard": lambda e: "%", "underscores for letters": lambda e: "_" * len(e),
    }
    for what, change in alike.items():
        out.append(Scenario(35, f"an address like the person's: {what}", OUT, claims=lambda f, c=change: f.claims.update(email=c(f.email))))
    for value in [["x"], {"a": "b"}, 7, True, "x" * 10_240, "a@b@c"]:
        out.append(Scenario(36, f"email is {str(value)[:10]!r}", OUT, claims=sets(email=value)))
    out.append(Scenario(36, "the person's address in a list", OUT, claims=lambda f: f.claims.update(email=[f.email])))
    out.append(Scenario(36, "no address anywhere", OUT, claims=without_email, user=lambda s, h, f: {"sub": h["sub"]}))
    out.append(Scenario(40, "nobody's address", OUT, claims=sets(email="nobody@nowhere.example")))
    out.append(Scenario(35, "verified in the token, the address from userinfo, unverified there", OUT,
                        claims=lambda f: f.claims.pop("email"), user=lambda s, h, f: h | {"email_verified": False}))
    return out


def answers_of_the_browser():
    out = []

    def add(row, what, change, **more):
        out.append(Scenario(row, what, OUT, answer=answers(change), **more))

    for what, value in [("left out", None), ("wrong", "x" * 43), ("empty", ""), ("64 KB", "s" * 60_000), ("NUL", "\0"), ("text", "é")]:
        add(43, f"state: {what}", lambda f, r, v=value: named(f, r, "state", v))
    add(43, "state twice", lambda f, r: r + [("state", "x")])
    add(43, "code twice", lambda f, r: r + [("code", "x")])
    for what, value in [("left out", None), ("wrong", "x"), ("empty", ""), ("5 KB", "c" * 5_000), ("NUL", "\0")]:
        add(45, f"code: {what}", lambda f, r, v=value: named(f, r, "code", v))
    advertised = document(authorization_response_iss_parameter_supported=True)
    add(46, "iss of another provider in the answer", lambda f, r: r + [("iss", "http://127.0.0.1:1/other")])
    add(46, "iss with a slash", lambda f, r: r + [("iss", f.issuer + "/")])
    add(46, "iss empty", lambda f, r: r + [("iss", "")])
    add(46, "iss twice", lambda f, r: r + [("iss", f.issuer), ("iss", f.issuer)])
    add(46, "iss left out though advertised", lambda f, r: r, discovery=advertised)
    for error in ["access_denied", "server_error", "login_required", "<script>alert(1)</script>", "e" * 10_000, "a\r\nSet-Cookie: x=y"]:
        add(49, f"error={error[:16]!r} beside a good code", lambda f, r, e=error: r + [("error", e), ("error_description", "<script>zq7</script>")])
    return out


def all_of_them():
    """Every scenario, with its name, its person and its address."""
    import walks

    found = honest() + claims() + signatures() + doors() + certificates() + people() + answers_of_the_browser() + walks.all_of_them(Scenario)
    for at_, scenario in enumerate(found):
        scenario.name = f"s{at_:03}"
        # Letters that have look-alikes: k, i, fi, s, a.
        scenario.email = f"kafir.misfit{at_:03}@skiff.example"
        if scenario.other:
            scenario.other.name, scenario.other.email = f"s{at_:03}b", f"other.misfit{at_:03}@skiff.example"
    return found
