from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from readiness import clock
from readiness.errors import InputError, Unreachable
from readiness.outbound.mail import FROM_VARIABLE, VARIABLE, Mail
from readiness.portfolio.digest import Digest, Recipient
from tests.outbound.receivers import PASSWORD, USER, mail_server
from tests.portfolio.test_digest import due, gap

ELSEWHERE = "0.0.0.0"  # noqa: S104 - reaches this machine, and is no address of loopback


def digest(recipient: Recipient | None = None, action: str = "Close it") -> Digest:
    (told,) = due(gap(action=action))
    return Digest(recipient, told.items, told.titles) if recipient else told


def mail(monkeypatch: pytest.MonkeyPatch, port: int, host: str = "127.0.0.1", user: str = "") -> Mail:
    monkeypatch.setenv(VARIABLE, f"smtp://{user}{host}:{port}")
    monkeypatch.setenv(FROM_VARIABLE, "readiness@example.com")
    return Mail.from_environment()


def test_a_digest_arrives_as_plain_text_with_a_subject(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as letters:
        mail(monkeypatch, letters.port).send(digest(action="Größer rechnen"))
    (letter,) = letters.received
    assert letters.to == [["omar@example.com"]]
    assert (letter["From"], letter["To"]) == ("readiness@example.com", "omar@example.com")
    assert letter["Subject"] == "Readiness: 1 gap due soon"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "text/plain"
    assert "Größer rechnen" in letter.get_content()


def test_no_header_and_no_further_address_comes_from_what_was_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as letters:
        sender = mail(monkeypatch, letters.port)
        sender.send(digest(Recipient("Omar\r\nBcc: eve@example.com", "omar@example.com"), action="x\r\nBcc: e@e.e"))
        for address in ("a@b.c, eve@example.com", "a@b.c\r\nBcc: eve@example.com", "Omar <a@b.c>", "omar", ""):
            with pytest.raises(InputError, match="this is not one mail address"):
                sender.send(digest(Recipient("Omar", address)))
    (letter,) = letters.received
    assert letters.to == [["omar@example.com"]]
    assert letter["Bcc"] is None


def test_the_login_is_taken_from_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(login=True) as letters:
        mail(monkeypatch, letters.port, user=f"{USER}:{quote(PASSWORD, safe='')}@").send(digest())
        assert letters.logins == [(USER, PASSWORD)]
        wrong = mail(monkeypatch, letters.port, user=f"{USER}:wrong-secret@")
        with pytest.raises(Unreachable, match="it does not take the user and the password") as refused:
            wrong.send(digest())
    assert "wrong-secret" not in f"{refused.value}{wrong}"
    assert len(letters.received) == 1


def test_nothing_leaves_this_machine_without_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = pytest.raises(Unreachable, match="it cannot do what is needed, such as STARTTLS")
    with mail_server(login=True) as letters, refused:
        mail(monkeypatch, letters.port, ELSEWHERE, f"{USER}:{quote(PASSWORD, safe='')}@").send(digest())
    assert (letters.logins, letters.received) == ([], [])


def test_a_server_elsewhere_is_spoken_to_encrypted_once_its_certificate_is_trusted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context = _certificate(tmp_path)
    with mail_server(context, login=True) as letters:
        sender = mail(monkeypatch, letters.port, ELSEWHERE, f"{USER}:{quote(PASSWORD, safe='')}@")
        with pytest.raises(Unreachable, match="SSLCertVerificationError"):
            sender.send(digest())
        assert letters.logins == []
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "mail.pem"))
        sender.send(digest())
    assert len(letters.received) == 1


def _certificate(folder: Path) -> ssl.SSLContext:
    """One that the mail server signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    day = dt.timedelta(days=1)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(clock.now() - day).not_valid_after(clock.now() + day)
    also = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(ELSEWHERE))])
    made = made.add_extension(also, critical=False).add_extension(x509.BasicConstraints(True, None), critical=True)
    certificate = made.sign(key, hashes.SHA256())
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "mail.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "mail.key").write_bytes(secret)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "mail.pem", folder / "mail.key")
    return context


def test_what_is_not_taken_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as letters:
        letters.refused.add("omar@example.com")
        sender = mail(monkeypatch, letters.port)
        with pytest.raises(Unreachable, match=r"did not accept a reminder: it does not take mail for omar@example"):
            sender.send(digest())
    with pytest.raises(Unreachable, match=r"it does not answer \(ConnectionRefusedError\)"):
        sender.send(digest())


@pytest.mark.parametrize(
    "url", ["", "mail.example.com", "http://a:b@mail.example.com", "smtp://", "smtp://h:port-s3cret"]
)
def test_a_server_that_cannot_be_told_is_refused_without_its_password(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv(VARIABLE, url)
    monkeypatch.setenv(FROM_VARIABLE, "readiness@example.com")
    with pytest.raises(InputError, match="READINESS_SMTP_URL: the mail server cannot be told from this") as refused:
        Mail.from_environment()
    assert "s3cret" not in str(refused.value)


def test_the_sender_has_to_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "smtps://mail.example.com")
    monkeypatch.setenv(FROM_VARIABLE, "")
    with pytest.raises(InputError, match="READINESS_MAIL_FROM: this is not one mail address"):
        Mail.from_environment()
    monkeypatch.setenv(FROM_VARIABLE, "readiness@example.com")
    assert (Mail.from_environment().port, Mail.from_environment().encrypted) == (465, True)
