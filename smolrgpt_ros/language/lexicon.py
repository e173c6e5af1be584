# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: SIM905 - words are easier to read and to add to in running lines
"""The words that questions are made of: data only, read by the tokens and the grammar."""

from __future__ import annotations

# fmt: off
CLASS_WORDS: dict[str, str] = {
    # what the words mean; '' is a noun that names no class ('the leftmost object')
    'pallet': 'pallet', 'skid': 'pallet', 'transporter': 'transporter', 'forklift': 'transporter',
    'agv': 'transporter', 'amr': 'transporter', 'truck': 'transporter', 'vehicle': 'transporter',
    'cart': 'transporter', 'trolley': 'transporter', 'carrier': 'transporter',
    'jack': 'transporter', 'robot': 'transporter', 'stacker': 'transporter', 'buffer': 'buffer',
    'zone': 'buffer', 'area': 'buffer', 'section': 'buffer', 'sector': 'buffer', 'bay': 'buffer',
    'shelf': 'shelf', 'rack': 'shelf',
    'shelving': 'shelf', 'racking': 'shelf', 'bookshelf': 'shelf', 'person': 'person',
    'human': 'person', 'worker': 'person', 'man': 'person', 'woman': 'person',
    'operator': 'person', 'pedestrian': 'person', 'employee': 'person', 'somebody': 'person',
    'anyone': 'person', 'everyone': 'person', 'anybody': 'person',
    'someone': 'person', 'region': '', 'object': '', 'item': '', 'thing': '', 'one': '',
    'mask': '', 'candidate': '', 'target': '', 'element': '', 'entity': '', 'obstacle': '',
    'anything': '', 'something': '', 'everything': '', 'option': '',
}
# fmt: on
# fmt: off
IRREGULAR_PLURALS: dict[str, str] = {
    'shelves': 'shelf', 'people': 'person', 'men': 'man', 'women': 'woman',
    'bookshelves': 'bookshelf', 'dice': 'die', 'boxes': 'box', 'buses': 'bus', 'persons': 'person',
}
# fmt: on
NEVER_PLURAL = frozenset('bus gas glass canvas lens chassis apparatus this its'.split())

VIEWER_WORDS = frozenset(
    """
    me myself us i you yourself camera viewer observer ego here sensor lens we
    """.split()
)
DETERMINERS = frozenset(
    """
    the a an this that these those any some all each every both which what my your our there
    many other another no
    """.split()
)
# Words before a noun that pick nothing out: what they point at is given by the masks beside them.
NEUTRAL_WORDS = frozenset(
    """
    given available designated specified indicated marked listed shown following provided
    mentioned respective individual visible observed possible highlighted detected annotated
    segmented labelled labeled entire total whole present single actual defined identified
    selected outlined storage staging various different several multiple particular certain
    displayed described referenced noted said existing set group candidate warehouse
    """.split()
)
# fmt: off
ATTRIBUTES: dict[str, str] = {
    'empty': 'empty', 'unloaded': 'empty', 'vacant': 'empty', 'idle': 'empty', 'unladen': 'empty',
    'unoccupied': 'empty', 'loaded': 'loaded', 'full': 'loaded', 'laden': 'loaded',
    'occupied': 'loaded', 'free': 'empty',
}
# fmt: on
# fmt: off
SUPERLATIVES: dict[str, str] = {
    'leftmost': 'leftmost', 'rightmost': 'rightmost', 'middle': 'middle', 'center': 'middle',
    'centre': 'middle', 'central': 'middle', 'mid': 'middle', 'centermost': 'middle',
    'middlemost': 'middle', 'centremost': 'middle', 'nearest': 'nearest', 'closest': 'nearest',
    'furthest': 'furthest', 'farthest': 'furthest', 'remotest': 'furthest', 'largest': 'largest',
    'biggest': 'largest', 'smallest': 'smallest', 'littlest': 'smallest', 'tiniest': 'smallest',
    'greatest': 'largest', 'bulkiest': 'largest', 'lefthandmost': 'leftmost',
    'righthandmost': 'rightmost',
}
# fmt: on
# fmt: off
ORDINALS: dict[str, int] = {
    'first': 1, 'second': 2, 'third': 3, 'fourth': 4, 'fifth': 5, 'sixth': 6, 'seventh': 7,
    'eighth': 8, 'ninth': 9, 'tenth': 10,
}
# fmt: on
# fmt: off
NUMBER_WORDS: dict[str, int] = {
    'zero': 0, 'one': 1, 'two': 2, 'three': 3, 'four': 4, 'five': 5, 'six': 6, 'seven': 7,
    'eight': 8, 'nine': 9, 'ten': 10, 'eleven': 11, 'twelve': 12, 'thirteen': 13, 'fourteen': 14,
    'fifteen': 15, 'sixteen': 16, 'seventeen': 17, 'eighteen': 18, 'nineteen': 19, 'twenty': 20,
}
# fmt: on
# fmt: off
METRES_PER_UNIT: dict[str, float] = {
    'm': 1.0, 'metre': 1.0, 'metres': 1.0, 'meter': 1.0, 'meters': 1.0, 'mtr': 1.0, 'mtrs': 1.0,
    'cm': 0.01, 'centimetre': 0.01, 'centimetres': 0.01, 'centimeter': 0.01, 'centimeters': 0.01,
    'mm': 0.001, 'millimetre': 0.001, 'millimetres': 0.001, 'millimeter': 0.001,
    'millimeters': 0.001, 'km': 1000.0, 'kilometre': 1000.0, 'kilometres': 1000.0,
    'kilometer': 1000.0, 'kilometers': 1000.0, 'ft': 0.3048, 'foot': 0.3048, 'feet': 0.3048,
    'inch': 0.0254, 'inches': 0.0254, 'yd': 0.9144, 'yard': 0.9144, 'yards': 0.9144,
}
# fmt: on

# Every word below is understood and names no object; words that are in no table may be nouns.
DISTANCE_WORDS = frozenset(
    """
    distance far close distant near apart gap separation spacing separated separates proximity
    remote away distances separate nearby
    """.split()
)
COUNT_WORDS = frozenset('howmany count tally enumerate quantity counting'.split())
WHERE_WORDS = frozenset(
    """
    where wheres locate location position coordinates coordinate whereabouts pose placed find
    """.split()
)
ROOM_WORDS = frozenset('room clearance fit fits space gap squeeze'.split())
PICKUP_WORDS = frozenset(
    """
    fetched fetching collected collects retrieved retrieves grabbed grabbing accessed picked
    hauled lifted transported reached handled moved carried taken takes taking reaching lifting
    pickup pick picking collect collecting collection retrieve retrieval retrieving fetch grab
    take access accessible accessing lift haul handle handling reach convenient suitable
    optimal best easiest efficient ideal appropriate preferable choice load loading transport
    transporting move carry prioritize prioritise recommended logical feasible target assigned
    acquire gather get approach reachable quickest fastest easily conveniently efficiently
    """.split()
)
CHOICE_VERBS = frozenset(
    """
    which what whats who identify select choose name pick find indicate point specify tell
    show determine give state list report highlight whichever
    """.split()
)
FUNCTION_WORDS = frozenset(
    """
    is are was were be been being am do does did doing done has have had having can could
    would will should shall may might must to from of for by as at and or not if it its they
    them their he she how when why who whose than then so too very just only also about among
    between around along across over under above below toward towards through off up down out
    via per please using use considering consider based assuming regarding concerning looking
    look looks observing observe viewing viewed seen see seeing appear appears appearing seem
    seems situated placed positioned located standing stands stand lie lies lying sits sit
    sitting stored found kept resting rests parked contained contains contain hold holds
    confirm verify check measure measured calculate compute estimate know say describe provide
    let want need like help compare comparing give tell determine now currently today more
    most less least much enough exactly exact approximately roughly approximate spatial
    straight line current optimal autonomously automatically automated autonomous efficiency
    operation task purpose purposes relative mutual isthere thereis howmuch okay hi hello hey
    side sides hand edge end border extreme direction left right way wide width radius metres
    meters value answer question respect terms placement arrangement layout locations
    positions placements image picture photo scene frame view viewpoint perspective angle
    standpoint vantage pov foreground background s t re possible long big large small tall
    high take taking into account consideration since because while note order number id yes
    minimum maximum shortest longest further farther closer nearer bigger opposed true false
    correct case whether inventory sum overall ground floor level point points basis relation
    same best easy quick fast next free space keep placing put park turn drive go going facing
    face within length span physical euclidean linear direct precise separating distances
    resides residing reside belongs belonging belong occupy occupies occupying there
    accommodate accommodates housed house houses exist exists included include includes fall
    falls falling come comes visual visually perceived directly immediately slightly far
    fewest fewer outside without except excluding isn aren doesn stationed stationary context
    information data input inputs annotations
    annotation
    segmentation segmentations serve serves job perform make makes sense strategic
    strategically vicinity carries carried closely situate whereas considered deemed exhibits
    occurs corresponds corresponding corner part half portion
    """.split()
)

# Words a mistyped word may be meant for; nouns a person may really mean ('wallet') start
# differently.
SPELLING_TARGETS = tuple(
    """
    pallet pallets transporter transporters buffer buffers shelves leftmost rightmost nearest
    closest furthest farthest largest biggest smallest distance between middle forklift
    forklifts perspective viewpoint region regions object objects measure positioned situated
    located
    """.split()
)
REAL_WORDS = frozenset('closet mantle needles measured palace bullet'.split())

VIEW_OPENERS = frozenset(
    """
    from in at looking observing viewing viewed seen as when based within relative through
    under by given considering using on to according
    """.split()
)
VIEW_FILLERS = frozenset(
    """
    the this that my our your current given image camera observer viewer s viewing looking
    seen from as viewed on in at of present same shown picture photo scene frame based when
    observing here where i am we robot observed provided a to relative observation visual
    person displayed observational depicted specific particular taken warehouse through with
    by
    """.split()
)
VIEW_HEADS = frozenset(
    """
    perspective viewpoint view angle standpoint pov image picture photo scene frame stand
    layout perspectives vantage environment warehouse orientation stands am
    """.split()
)

COMPARATIVES = {
    'closer': 'nearest',
    'nearer': 'nearest',
    'further': 'furthest',
    'farther': 'furthest',
    'bigger': 'largest',
    'larger': 'largest',
    'smaller': 'smallest',
}
