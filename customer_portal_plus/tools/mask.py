"""Addresses as they are shown to somebody who has not yet shown who it is.

``decoy_addresses`` invents what an unknown tax ID is answered with: always the same for the same
number, and masked by the same ``mask_addresses``, so that it looks like any customer's.
"""

import hashlib
from collections import Counter

# How many addresses are shown at most, and how many are invented: neither tells that they are real.
MAX_SHOWN = 5
_COUNTS = (1, 1, 1, 2, 2, 2, 3, 3, 4, 5)

_DOTS = "•••"
_MORE_LETTERS = 3

_MAILBOXES = (
    "info contabilidad compras administracion facturas facturacion pagos proveedores tesoreria"
    " gerencia contacto finanzas oficina ventas recepcion cobranza admin hola direccion jefatura"
    " mgarcia jlopez mrodriguez aperez lfernandez csanchez pgomez rdiaz amoreno jmunoz valonso"
    " maria.torres jose.ramirez ana.castro luis.rojas carmen.vidal pedro.soto laura.molina"
).split()
_PEOPLE = frozenset(
    "mgarcia jlopez mrodriguez aperez lfernandez csanchez pgomez rdiaz amoreno jmunoz"
    " valonso".split()
)
# How the first names of people begin.
_NAMES = (
    "Al An An Ca Ca Cr Da Di El Fe Fr Ge Is Ja Jo Jo Ju La Lu Lu Ma Ma Ma Mi Na Pa Pe Ra Ro Sa So"
    " Vi"
).split()
_PROVIDERS = (
    *("gmail.com",) * 6,
    *("hotmail.com",) * 3,
    *("outlook.com",) * 2,
    "yahoo.com",
    "icloud.com",
)
_INITIALS = "aaaabbccccdddeeffgghiijllllmmmmnoppprrrsssstttuvz"
# Country of the company -> how its customers' own domains end.
_ENDINGS = {
    "ES": (*(".es",) * 3, *(".com",) * 3, ".net"),
    "CL": (*(".cl",) * 6, ".com"),
    "CO": (*(".com.co",) * 2, *(".com",) * 4, ".co"),
    "MX": (*(".com.mx",) * 3, *(".mx",) * 2, *(".com",) * 4),
    "AR": (*(".com.ar",) * 6, *(".com",) * 2),
    "PE": (*(".com.pe",) * 2, *(".pe",) * 2, *(".com",) * 3),
    "EC": (*(".com.ec",) * 2, ".ec", *(".com",) * 3),
    "UY": (*(".com.uy",) * 4, ".uy", *(".com",) * 2),
}
_OTHER_ENDINGS = (*(".com",) * 6, ".net", ".org")


def mask_address(address, more=0):
    """Return an e-mail address as its owner recognises it and nobody else can use it.

    The dots do not tell how many letters they stand for.

    :param str address: a normalised address
    :param int more: letters that are shown besides, as long as half of them stay hidden
    :rtype: str
    """
    mailbox, _at, domain = address.rpartition("@")
    name, _dot, ending = domain.partition(".")
    shown = 2 if len(mailbox) > 4 else 1
    shown = max(shown, min(shown + more, len(mailbox) // 2))
    last = mailbox[-1] if len(mailbox) > 4 else ""
    return f"{mailbox[:shown]}{_DOTS}{last}@{name[:1]}{_DOTS}.{ending}"


def mask_addresses(addresses):
    """Return how the addresses of one list are shown: masked, with a letter or two more where
    their owners could not tell them apart, and a number where that is not enough.

    :param list addresses: normalised addresses
    :return: for each address how it is shown
    :rtype: dict[str, str]
    """
    more = dict.fromkeys(addresses, 0)
    for _letter in range(_MORE_LETTERS):
        shown = Counter(mask_address(*item) for item in more.items())
        more = {
            address: letters + (shown[mask_address(address, letters)] > 1)
            for address, letters in more.items()
        }
    masked = {}
    seen = Counter()
    for address, letters in more.items():
        shown = mask_address(address, letters)
        seen[shown] += 1
        masked[address] = f"{shown} ({seen[shown]})" if seen[shown] > 1 else shown
    return masked


def mask_name(name):
    """Return the first letters of a person's name; empty if it has none.

    :param str name: of a contact, or one of ``decoy_name``
    :rtype: str
    """
    letters = "".join(char for char in (name or "") if char.isalpha())[:2]
    return f"{letters}{_DOTS}" if letters else ""


def decoy_addresses(seed, country_code=""):
    """Return invented addresses, the same ones for the same seed.

    :param bytes seed: at least 16 bytes that nobody can guess
    :param str country_code: country of the company that is asked
    :return: one to five addresses
    :rtype: list[str]
    """
    stream = _numbers(seed)

    def choose(values):
        return values[next(stream) % len(values)]

    domain = choose(_INITIALS) + "x" + choose(_ENDINGS.get(country_code, _OTHER_ENDINGS))
    addresses = []
    for _index in range(choose(_COUNTS)):
        own_domain = choose((True, True, False)) if not addresses else True
        addresses.append(f"{choose(_MAILBOXES)}@{domain if own_domain else choose(_PROVIDERS)}")
    return sorted(set(addresses))


def decoy_name(seed, address):
    """Return the first letters of an invented name for an invented address; empty for some.

    :param bytes seed: as for ``decoy_addresses``
    :param str address: one of these
    :rtype: str
    """
    stream = _numbers(seed + address.encode())
    mailbox = address.partition("@")[0]
    if "." in mailbox:
        return mailbox[:2].title()
    initial = mailbox[0].upper() if mailbox in _PEOPLE else ""
    names = [name for name in _NAMES if name.startswith(initial)]
    # An address of a whole department often belongs to nobody.
    names += [""] * (0 if initial else len(names) // 2)
    return names[next(stream) % len(names)]


def _numbers(seed):
    counter = 0
    while True:
        block = hashlib.sha256(seed + counter.to_bytes(4, "big")).digest()
        for index in range(0, len(block), 4):
            yield int.from_bytes(block[index : index + 4], "big")
        counter += 1
