"""Small taxonomies and labelled texts that a tagger is taught with."""

from __future__ import annotations

from typing import Any

LANGUAGES = ("ru", "zh", "pl", "en")

DESCRIPTIONS = {
    "couriers": {
        "en": "Delivery of the order to the home, courier, late or on time",
        "ru": "Доставка заказа домой, курьер, опоздание",
        "pl": "Dostawa zamówienia do domu, kurier, opóźnienie",
        "zh": "送货上门，快递员，是否准时",
    },
    "hygiene": {
        "en": "Clean or dirty tables, floor and toilets",
        "ru": "Чистые или грязные столы, пол и туалеты",
        "pl": "Czyste lub brudne stoły, podłoga i toalety",
        "zh": "桌子、地板和厕所干净还是脏",
    },
    "parking": {
        "en": "Parking the car, free places in the car park",
        "ru": "Парковка для машин, свободные места на стоянке",
        "pl": "Parking dla samochodów, wolne miejsca parkingowe",
        "zh": "停车，停车场的空位",
    },
}

SAYINGS = {
    "couriers": {
        "en": "The courier came two hours late",
        "ru": "Курьер опоздал на два часа",
        "pl": "Kurier spóźnił się dwie godziny",
        "zh": "快递员迟到了两个小时",
    },
    "hygiene": {
        "en": "The toilet was dirty",
        "ru": "В туалете было грязно",
        "pl": "Toaleta była brudna",
        "zh": "厕所很脏",
    },
    "parking": {
        "en": "Nowhere to park the car",
        "ru": "Негде припарковать машину",
        "pl": "Nie ma gdzie zaparkować samochodu",
        "zh": "停车场没有车位",
    },
}

# The network knows nothing of music: only labels teach that these belong together.
MUSIC = [
    "The band was great tonight",
    "Live jazz made our evening",
    "The singer could not hit a note",
    "Loud DJ all night",
    "A guitar player by the bar, lovely",
    "The concert started late",
    "I loved the piano songs",
    "Karaoke was terrible",
    "The drummer was brilliant",
    "Their playlist is boring",
    "Same three songs on repeat",
    "The choir sang beautifully",
]
PARKED = [
    "No space to leave the car",
    "The car park was full",
    "We parked right in front",
    "Parking costs ten euros an hour",
    "The garage is too narrow for a van",
    "Could not find a parking spot",
    "Free parking for guests, nice",
    "My car got scratched in the lot",
    "A valet took my car quickly",
    "The parking lot is muddy",
    "Where shall I put my car here",
    "Enough places for cars behind the house",
]
OTHERS = [
    "The soup was cold",
    "Rude waiter",
    "Great wine",
    "Long queue at the door",
    "The toilet was dirty",
    "Cheap and tasty",
    "They lost our booking",
    "Nice view from the terrace",
    "The bill was wrong",
    "Lovely staff",
    "The chairs hurt my back",
    "The cake was dry",
]
TEXTS = [*MUSIC, *PARKED, *OTHERS]
LABELS: list[list[str]] = [["music"]] * 12 + [["parking"]] * 12 + [[]] * 12


def touchpoint(key: str, language: str = "en", **fields: Any) -> dict[str, Any]:
    """Return a touchpoint without parent, described in one language unless `fields` say more."""
    described = {} if fields else {"descriptions": {language: DESCRIPTIONS[key][language]}}
    names = {"names": {language: key.capitalize()}}
    return {"key": key, "stage": "after", "channel": "physical", **names, **described, **fields}


def taxonomy_in(language: str) -> dict[str, Any]:
    """Return a taxonomy described in one language alone."""
    several = [touchpoint(key, language) for key in DESCRIPTIONS]
    return {"key": "bistro", "names": {language: "Bistro"}, "touchpoints": several}


def bar(**changes: Any) -> dict[str, Any]:
    """Return a taxonomy of two touchpoints that labels teach, with `changes` to its head."""
    music = touchpoint("music", descriptions={"en": "Live music, concerts, the band on stage"})
    several = [music, touchpoint("parking"), touchpoint("hygiene")]
    return {"key": "bar", "names": {"en": "Bar"}, "touchpoints": several, **changes}
