"""How is a certificate for a local network made: an authority's own, and one that it signs?

The authority may sign for private addresses and this machine's names only (RFC 5280, 4.2.1.10):
whoever stole its key could not pass for a site of the internet.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric import ec

AUTHORITY_LASTS = timedelta(days=3650)
SERVER_LASTS = timedelta(days=397)
"""What all browsers take."""

BACKDATED = timedelta(days=1)
"""A phone's clock may be behind ours."""

PRIVATE = tuple(
    ip_network(net)
    for net in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "127.0.0.0/8",
        "fc00::/7",
        "fe80::/10",
    )
)


def authority_certificate(
    key: ec.EllipticCurvePrivateKey,
    names: Sequence[str],
    addresses: Sequence[IPv4Address],
    now: datetime,
) -> x509.Certificate:
    """Return a new authority for these names and addresses, signed with its own key."""
    # Two authorities of one name would be taken for one another.
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Wanmi"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Wanmi {names[0][:40]} {now:%Y-%m-%d %H%M%S}"),
        ]
    )
    permitted: list[x509.GeneralName] = [x509.DNSName(one) for one in names]
    permitted += [x509.IPAddress(net) for net in (*PRIVATE, *_outside_private(addresses))]
    signs = _usage(key_cert_sign=True, crl_sign=True)
    return (
        _begun(name, name, key.public_key(), now, AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(signs, critical=True)
        .sign(key, hashes.SHA256())
    )


def server_certificate(
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate,
    issuer_key: ec.EllipticCurvePrivateKey,
    names: Sequence[str],
    addresses: Sequence[IPv4Address],
    now: datetime,
) -> x509.Certificate:
    """Return a certificate for a server with `key`, signed by `issuer`."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:60])])
    said = [x509.DNSName(name) for name in names] + [x509.IPAddress(one) for one in addresses]
    lasts = min(SERVER_LASTS, issuer.not_valid_after_utc - now)
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        _begun(subject, issuer.subject, key.public_key(), now, lasts)
        .add_extension(x509.SubjectAlternativeName(said), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(by, critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    now: datetime,
    lasts: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + lasts - BACKDATED)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(**granted: bool) -> x509.KeyUsage:
    uses = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{use: granted.get(use, False) for use in uses})


def covers(
    authority: x509.Certificate, names: Sequence[str], addresses: Sequence[IPv4Address]
) -> bool:
    """Say whether the authority may sign for all of these."""
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    permitted = [one.value for one in limits.permitted_subtrees or ()]
    nets = [net for net in permitted if isinstance(net, IPv4Network)]
    return all(name in permitted for name in names) and all(
        any(address in net for net in nets) for address in addresses
    )


def _outside_private(addresses: Sequence[IPv4Address]) -> list[IPv4Network | IPv6Network]:
    private = [net for net in PRIVATE if isinstance(net, IPv4Network)]
    return [ip_network(one) for one in addresses if not any(one in net for net in private)]
