# ruff: noqa: E501 - Terraform text and tables of it read better on one line
"""Every pure function of Terraform 1.11 with the shapes of its arguments, for the generator.

A shape is a type (`s`, `n`, `b`, `[s]` list, `{s}` map, `<s>` set, `o` object, `t` tuple, `?` anything) or the name
of a pool of texts that mean something to the function (`@cidr`). `*` repeats a shape none to twice. Several lines for
one function are alternatives. What follows `->` is what the call gives; `$1` is the element of the first argument.
"""

from __future__ import annotations

SIGNATURES = """
abs n -> n
abspath @abs -> s
alltrue [b] -> b
anytrue [b] -> b
base64decode @base64 -> s
base64encode s -> s
base64gzip s -> s
base64sha256 s -> s
base64sha512 s -> s
basename @path -> s
can ? -> b
ceil n -> n
chomp @lines -> s
chunklist [s] @size -> [[s]]
chunklist [n] @size -> [[n]]
cidrhost @cidr @small -> s
cidrnetmask @cidr -> s
cidrsubnet @cidr @bits @small -> s
cidrsubnets @cidr @bits @bits -> [s]
coalesce s s *s -> s
coalesce n *n -> n
coalesce b n s -> s
coalescelist [s] [s] *[s] -> [s]
coalescelist t [n] -> ?
compact [s] -> [s]
concat [s] [s] *[s] -> [s]
concat [n] t -> ?
concat t t -> ?
contains [s] s -> b
contains <n> n -> b
contains t ? -> b
csvdecode @csv -> ?
dirname @path -> s
distinct [s] -> [s]
distinct [n] -> [n]
distinct t -> ?
element [s] @index -> s
element [n] @index -> n
element t @index -> ?
endswith s s -> b
ephemeralasnull ? -> ?
file @file -> s
filebase64 @file -> s
filebase64sha256 @file -> s
filebase64sha512 @file -> s
fileexists @file -> b
filemd5 @file -> s
fileset @folder @glob -> <s>
filesha1 @file -> s
filesha256 @file -> s
filesha512 @file -> s
flatten [[s]] -> [s]
flatten t -> ?
flatten [s] -> [s]
floor n -> n
format @format1 ? -> s
format @format2 s n -> s
format @formatn n -> s
format @formats s -> s
formatdate @dateformat @time -> s
formatlist @format2 [s] [n] -> [s]
formatlist @format2 [s] n -> [s]
formatlist @formats t -> ?
indent @size @lines -> s
index [s] s -> n
index t ? -> n
issensitive ? -> b
join s [s] -> s
join s <s> *[s] -> s
join s t -> s
jsondecode @json -> ?
jsonencode ? -> s
keys {s} -> [s]
keys o -> ?
length [s] -> n
length {n} -> n
length s -> n
length ? -> n
length <s> -> n
log @positive @positive -> n
lookup {s} @key s -> s
lookup o @key ? -> ?
lookup {n} @key n -> n
lookup {n} @key -> n
lower s -> s
matchkeys [s] [s] [s] -> [s]
matchkeys [n] [s] <s> -> [n]
max n n *n -> n
md5 s -> s
merge {s} {s} *{s} -> {s}
merge o o -> ?
merge o {n} -> ?
min n n *n -> n
nonsensitive ? -> ?
nonsensitive s -> s
one [s] -> s
one <s> -> s
one t -> ?
parseint @digits @base -> n
pathexpand @path -> s
pow @small @small -> n
range @small -> [n]
range @small @small -> [n]
range n @small n -> [n]
regex @regex s -> ?
regexall @regex s -> ?
replace s @pattern s -> s
reverse [s] -> [s]
reverse t -> ?
reverse <n> -> ?
rsadecrypt s s -> s
sensitive ? -> ?
sensitive s -> s
setintersection <s> <s> -> <s>
setintersection <n> <n> *<n> -> <n>
setproduct [s] [n] -> ?
setproduct <s> <s> -> ?
setproduct t [b] *[n] -> ?
setsubtract <s> <s> -> <s>
setsubtract <n> <s> -> ?
setunion <s> <s> *<s> -> <s>
setunion <n> <s> -> ?
sha1 s -> s
sha256 s -> s
sha512 s -> s
signum n -> n
slice [s] @small @small -> [s]
slice t @small @small -> ?
sort [s] -> [s]
sort t -> [s]
sort <s> -> [s]
split s s -> [s]
startswith s s -> b
strcontains s s -> b
strrev s -> s
substr s @index @index -> s
sum [n] -> n
sum <n> -> n
sum t -> n
templatefile @template o -> s
templatestring @templates o -> s
textdecodebase64 @base64 @charset -> s
textencodebase64 s @charset -> s
timeadd @time @duration -> s
timecmp @time @time -> n
title s -> s
tobool @bool -> b
tobool b -> b
tolist <s> -> [s]
tolist t -> ?
tolist [n] -> [n]
tomap o -> ?
tomap {s} -> {s}
tonumber @digits -> n
tonumber n -> n
toset [s] -> <s>
toset t -> ?
toset [n] -> <n>
tostring n -> s
tostring b -> s
tostring ? -> s
transpose {[s]} -> {[s]}
trim s s -> s
trimprefix s s -> s
trimspace @lines -> s
trimsuffix s s -> s
try ? ? -> ?
try s s -> s
try o ? ? -> ?
upper s -> s
urlencode s -> s
uuidv5 @namespace s -> s
values {s} -> [s]
values {n} -> [n]
values o -> ?
yamldecode @yaml -> ?
yamlencode ? -> s
zipmap [s] [s] -> {s}
zipmap [s] [n] -> {n}
zipmap t t -> ?
"""

# Not called: what they give hangs on the moment or on chance.
IMPURE = frozenset({"bcrypt", "plantimestamp", "timestamp", "uuid"})

POOLS: dict[str, tuple[str, ...]] = {
    "path": ('"a/b.txt"', '"x"', '"a/../b/"', '""', '"./m/t.tf"', '"/etc/x"', '"a//b"'),
    "abs": ('"/etc/x"', '"/a/../b/"', '"/a//b/./c"', '"/"'),
    "base64": ('"YWJj"', '"w6Q="', '""', '"YQ"', '"////"', 'base64encode("x y")'),
    "lines": ('"a\\n"', '" b \\r\\n\\n"', '"a\\n b\\nc"', '"\\tx"', '""'),
    "size": ("2", "1", "3", "0", '"2"', "-1", "1.5"),
    "small": ("0", "1", "2", "3", "5", '"1"', "-1", "250", "1.5"),
    "bits": ("4", "8", "1", "2", "0", "16", "33"),
    "positive": ("1", "2", "10", "16", "100", "1.5", "0"),
    "cidr": ('"10.0.0.0/16"', '"192.168.1.0/24"', '"fd00::/56"', '"10.1.2.3/8"', '"10.0.0.0"', '"0.0.0.0/0"'),
    "csv": ('"a,b\\n1,2\\n3,4\\n"', '"a\\n\\"x y\\"\\n"', '"a,a\\n1,2"', '"a,b\\n1"', '"a,b\\n"', '""'),
    "index": ("0", "1", "2", "4", "-1", '"1"', "1.5", "7"),
    "file": ('"${path.module}/files/a.txt"', '"files/b.json"', '"./files/c.yaml"'),
    "folder": ('"${path.module}/files"', '"files"', '"files/sub"', '"none"'),
    "glob": ('"*.txt"', '"**"', '"*.{json,yaml}"', '"files/*"', '"sub/*"', '"?.txt"', '"**/*.txt"'),
    "format1": ('"%v"', '"<%#v>"', '"%s"', '"%q"', '"%10v|"', '"%T"', '"%v %v"', '"%d"', '"%t"'),
    "format2": ('"%s=%d"', '"%-5s|%03d"', '"%[2]v-%[1]v"', '"%q %x"', '"%s %5.2f"', '"%%%s%v"', '"%s"'),
    "formatn": ('"%d"', '"%5d|"', '"%+d"', '"%b"', '"%x"', '"%o"', '"%e"', '"%f"', '"%.2f"', '"%g"', '"%08.3f"',
                '"%v"', '"%X"', '"%G"', '"% d"', '"%t"'),
    "formats": ('"%s"', '"%q"', '"%5s|"', '"%-5s|"', '"%.2s"', '"%x"', '"%X"', '"%v"', '"%d"', '"a%sb"'),
    "dateformat": ('"YYYY-MM-DD"', '"DD MMM YYYY hh:mm ZZZ"', '"EEEE, MMMM D, H:m:s"', '"h\'o\'\'clock\' AA"',
                   '"YY aa Z ZZZZZ"', '"Q"', '"EEE hhmmss"'),
    "time": ('"2024-02-29T13:04:05Z"', '"1999-12-31T23:59:59+02:00"', '"2024-01-01"', '"2000-01-01T00:00:00.5Z"',
             '"2024-13-01T00:00:00Z"'),
    "duration": ('"1h"', '"-36h"', '"1h30m10s"', '"1.5h"', '"10ms"', '"1d"', '"0"'),
    "json": ('"{\\"a\\": [1, null, \\"x\\"]}"', '"[1, 2.50, 1e3]"', '"\\"s\\""', '"null"', '"{\\"a\\"}"', '"true"',
             '"{}"', '"1 2"', '"{\\"b\\":{\\"c\\":true},\\"a\\":\\"\\"}"', "jsonencode({ a = [1] })"),
    "yaml": ('"a: 1\\nb: [x, y]\\n"', '"- 1\\n- ~\\n- yes\\n"', '"x"', '"a: &k {b: 1}\\nc: *k\\n"', '""',
             '"a: [1"', '"1.5"', '"a: |\\n  x\\n  y\\n"', '"0x1f"', '"2024-01-02"'),
    "key": ('"a"', '"b"', '"name"', '"zz"', '"0"', '""'),
    "regex": ('"[a-z]+"', '"(\\\\w)(\\\\d)?"', '"(?P<x>.)(?P<y>.*)"', '"^$"', '"a|b"', '"("', '"(?i)A"', '"\\\\s*"',
              '"[^a]"', '"(a)(?P<n>b)"', '".{2,3}"'),
    "pattern": ('"a"', '"/[a-c]/"', '"/(.)(.)/"', '"o"', '""', '"/(/"', '"/x*/"', '" "', '"."'),
    "digits": ('"12"', '"ff"', '"-7"', '"0"', '"1.5"', '""', '"z"', '"1e2"', '"007"', '" 1"', '"9007199254740993"'),
    "base": ("10", "16", "2", "36", "8", "1", "62", '"10"'),
    "template": ('"${path.module}/files/t.tpl"', '"files/each.tpl"', '"files/bad.tpl"'),
    "templates": ("local.template1", "local.template2", "local.template3"),
    "charset": ('"UTF-8"', '"UTF-16LE"', '"ISO-8859-1"', '"windows-1252"', '"no-such"', '"UTF-16BE"'),
    "bool": ('"true"', '"false"', '"1"', '"yes"', '"TRUE"', '"0"', '""', "null"),
    "namespace": ('"dns"', '"url"', '"oid"', '"x500"', '"6ba7b810-9dad-11d1-80b4-00c04fd430c8"', '"other"'),
}  # fmt: skip

FILES: dict[str, str] = {
    "files/a.txt": "héllo\nworld\n",
    "files/b.json": '{"a": [1, 2]}\n',
    "files/c.yaml": "a: 1\n",
    "files/sub/d.txt": "deep",
    "files/t.tpl": "A${ try(a, 'x') }".replace("'", '"') + "\n%{ if true ~}\n yes\n%{ endif ~}\n",
    "files/each.tpl": "%{ for c in [1, 2] ~}\n- ${c}\n%{ endfor ~}\nend",
    "files/bad.tpl": "${nowhere}",
}


def signatures() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """Function name to its alternatives: shapes of the arguments, and of the result."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for line in SIGNATURES.split("\n"):
        if line:
            before, _, returns = line.partition(" -> ")
            name, *shapes = before.split(" ")
            found.setdefault(name, []).append((tuple(shapes), returns))
    return found
