from pathlib import Path
from sqlalchemy import select
from notifications.papers import Paper
from notifications.printing import printed
from config import ROOT
def test_dump(lived_in):
    css=(ROOT/'static/redress.css').read_text()
    for form in ('answer','supervision'):
        p=lived_in.session.scalars(select(Paper).where(Paper.form==form).order_by(Paper.id)).first()
        for lang in ('zh','en'):
            Path(f'/tmp/n1/{form}-{lang}.html').write_text(f'<!doctype html><html lang="{"en" if lang=="en" else "zh-Hans"}"><meta charset=utf-8><meta name=viewport content="width=device-width"><style>{css}</style><body><div class="paper-desk">{printed(p,lang,ledger="9c401be277af03d5aa")}</div>')
