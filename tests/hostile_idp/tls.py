"""Certificates of every kind, and doors that show them. One authority that the portal trusts, and everything else."""

import datetime
import ipaddress
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.datetime.now(datetime.timezone.utc)
HERE = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
ELSEWHERE = [x509.DNSName("elsewhere.example")]

# What a door shows. `honest` is the one that may be believed.
KINDS = ["honest", "expired", "not yet valid", "of another host", "signed by itself", "of an unknown authority", "without a host's name",
         "for clients only", "by somebody who is no authority", "TLS 1.1 only", "no TLS at all"]


def days(number):
    return datetime.timedelta(days=number)


class Authority:
    def __init__(self, name):
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = sign(self.name, self.key.public_key(), self.name, self.key, authority=True)


def sign(name, public, issuer, key, hosts=None, begins=NOW - days(1), ends=NOW + days(30), authority=False, use=ExtendedKeyUsageOID.SERVER_AUTH):
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(public).serial_number(x509.random_serial_number())
        .not_valid_before(begins).not_valid_after(ends).add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if hosts:
        certificate = certificate.add_extension(x509.SubjectAlternativeName(hosts), critical=False)
    if not authority:
        certificate = certificate.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    return certificate.sign(key, hashes.SHA256())


def pem(*certificates):
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


class Doors:
    """The context of each kind of door. `bundle` is the file with the one authority that is trusted."""

    def __init__(self, folder):
        self.folder, self.trusted, self.bundle = folder, Authority("The authority"), f"{folder}/authority.pem"
        with open(self.bundle, "wb") as file:
            file.write(pem(self.trusted.certificate))

    def context(self, kind):
        """None where nothing is encrypted."""
        if kind == "no TLS at all":
            return None
        key = ec.generate_private_key(ec.SECP256R1())
        chain = self.chain(kind, key)
        path = f"{self.folder}/{kind.replace(' ', '-')}.pem"
        with open(path, "wb") as file:
            private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            file.write(private + pem(*chain))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        if kind == "TLS 1.1 only":
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        return context

    def chain(self, kind, key):
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        by, more, issuer = self.trusted, {"hosts": HERE}, []
        if kind == "expired":
            more |= {"begins": NOW - days(30), "ends": NOW - days(1)}
        elif kind == "not yet valid":
            more |= {"begins": NOW + days(1)}
        elif kind == "of another host":
            more |= {"hosts": ELSEWHERE}
        elif kind == "without a host's name":
            more |= {"hosts": None}
        elif kind == "for clients only":
            more |= {"use": ExtendedKeyUsageOID.CLIENT_AUTH}
        elif kind == "signed by itself":
            return [sign(name, key.public_key(), name, key, **more)]
        elif kind == "of an unknown authority":
            by = Authority("The authority")
        elif kind == "by somebody who is no authority":
            between = ec.generate_private_key(ec.SECP256R1())
            there = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Somebody")])
            issuer = [sign(there, between.public_key(), by.name, by.key, hosts=ELSEWHERE)]
            return [sign(name, key.public_key(), there, between, **more), *issuer]
        return [sign(name, key.public_key(), by.name, by.key, **more)]


def careless():
    """For whoever takes any certificate, as the browsers of this harness do."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    return context
