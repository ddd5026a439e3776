"""The currencies of ISO 4217 and how many decimals the minor unit of each has."""

from difflib import get_close_matches
from typing import Final

from policy_service.domain.errors import NOWHERE, Place, PolicyTextError
from policy_service.domain.values import Currency

_NO_DECIMALS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DECIMALS: Final = "BHD IQD JOD KWD LYD OMR TND"
_TWO_DECIMALS: Final = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP
CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS
KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD
PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG
"""

_DECIMALS: Final[dict[str, int]] = {
    **dict.fromkeys(_TWO_DECIMALS.split(), 2),
    **dict.fromkeys(_NO_DECIMALS.split(), 0),
    **dict.fromkeys(_THREE_DECIMALS.split(), 3),
}
#: All of them.
CODES: Final = tuple(sorted(_DECIMALS))

#: What people write for a currency, and its code.
_ALSO_CALLED: Final = {
    "RMB": "CNY", "CNH": "CNY", "YUAN": "CNY", "人民币": "CNY", "元": "CNY", "￥": "CNY", "¥": "CNY",
    "€": "EUR", "EURO": "EUR", "欧元": "EUR", "$": "USD", "US$": "USD", "美元": "USD", "£": "GBP", "NTD": "TWD",
}  # fmt: skip


def currency(code: str, place: Place = NOWHERE) -> Currency:
    """Return the currency of an ISO 4217 code, with the decimals of its minor unit; L230 if there is none."""
    decimals = _DECIMALS.get(code)
    if decimals is None:
        called = _ALSO_CALLED.get(code.upper())
        near = [called] if called else get_close_matches(code.upper(), _DECIMALS, n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise PolicyTextError(
            "L230",
            f"“{code[:20]}” is no currency of ISO 4217.",
            place=place,
            remedy=f"Write its three capital letters, such as CNY or EUR.{meant}",
        )
    return Currency(code, decimals)
