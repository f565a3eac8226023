from __future__ import annotations
def test_smoke(run):
    assert run("--version").code == 0
    r = run("stats"); print(r); assert r.code == 1
    r = run("stats","--last","x"); print(r); assert r.code == 2
    r = run("stat"); print(r); assert r.code == 2
    r = run("stats","--nope"); print(r); assert r.code == 2
    r = run("import"); print(r); assert r.code == 2
    r = run("--help"); print(r.out); assert r.code == 0
    r = run("skipped","--limit","0"); print(r); assert r.code == 2
    r = run(); print(r)
