"""The first tables"""

import sqlalchemy as sa
from alembic import op

import extensions
from cases.model import triggers

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('bureau',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=18), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('short_name', sa.String(length=60), nullable=False),
    sa.Column('former_names', sa.JSON(), nullable=False),
    sa.Column('kinds_of_records', sa.JSON(), nullable=False),
    sa.Column('email', sa.String(length=200), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('successor_id', sa.Integer(), nullable=True),
    sa.Column('name_en', sa.String(length=200), nullable=False),
    sa.Column('short_name_en', sa.String(length=60), nullable=False),
    sa.Column('review_body', sa.String(length=200), nullable=False),
    sa.Column('review_body_en', sa.String(length=200), nullable=False),
    sa.Column('review_source', sa.String(length=200), nullable=False),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('review_confirmed', sa.Boolean(), nullable=False),
    sa.Column('court', sa.String(length=200), nullable=False),
    sa.Column('court_en', sa.String(length=200), nullable=False),
    sa.Column('court_source', sa.String(length=200), nullable=False),
    sa.Column('court_on', sa.Date(), nullable=True),
    sa.Column('court_confirmed', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['successor_id'], ['bureau.id'], name=op.f('fk_bureau_successor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bureau')),
    sa.UniqueConstraint('code', name=op.f('uq_bureau_code')),
    sa.UniqueConstraint('name', name=op.f('uq_bureau_name'))
    )
    op.create_table('case_series',
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('letters', sa.String(length=2), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('year', 'letters', name=op.f('pk_case_series'))
    )
    op.create_table('enterprise',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=18), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('former_names', sa.JSON(), nullable=False),
    sa.Column('email', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enterprise')),
    sa.UniqueConstraint('code', name=op.f('uq_enterprise_code'))
    )
    with op.batch_alter_table('enterprise', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_enterprise_name'), ['name'], unique=False)

    op.create_table('failed_sign_in',
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('last_at', extensions.Instant(timezone=True), nullable=False),
    sa.Column('blocked_until', extensions.Instant(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_failed_sign_in'))
    )
    with op.batch_alter_table('failed_sign_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_failed_sign_in_last_at'), ['last_at'], unique=False)

    op.create_table('heartbeat',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('at', extensions.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_heartbeat'))
    )
    op.create_table('office',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('short_name', sa.String(length=60), nullable=False),
    sa.Column('email', sa.String(length=200), nullable=False),
    sa.Column('name_en', sa.String(length=200), nullable=False),
    sa.Column('short_name_en', sa.String(length=60), nullable=False),
    sa.Column('review_body', sa.String(length=200), nullable=False),
    sa.Column('review_body_en', sa.String(length=200), nullable=False),
    sa.Column('review_source', sa.String(length=200), nullable=False),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('review_confirmed', sa.Boolean(), nullable=False),
    sa.Column('court', sa.String(length=200), nullable=False),
    sa.Column('court_en', sa.String(length=200), nullable=False),
    sa.Column('court_source', sa.String(length=200), nullable=False),
    sa.Column('court_on', sa.Date(), nullable=True),
    sa.Column('court_confirmed', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_office'))
    )
    op.create_table('organisation_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('body', sa.String(length=20), nullable=False),
    sa.Column('at', extensions.Instant(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.Column('field', sa.String(length=40), nullable=False),
    sa.Column('before', sa.Text(), nullable=False),
    sa.Column('after', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation_change'))
    )
    with op.batch_alter_table('organisation_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_organisation_change_body'), ['body'], unique=False)

    op.create_table('paper',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('form', sa.String(length=20), nullable=False),
    sa.Column('series', sa.String(length=20), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('case_number', sa.String(length=20), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('issued_at', extensions.Instant(timezone=True), nullable=False),
    sa.Column('check_code', sa.String(length=10), nullable=False),
    sa.Column('specimen', sa.Boolean(), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper')),
    sa.UniqueConstraint('series', 'year', 'n', name=op.f('uq_paper_series_year_n'))
    )
    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_paper_case_number'), ['case_number'], unique=False)

    op.create_table('paper_series',
    sa.Column('series', sa.String(length=20), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('series', 'year', name=op.f('pk_paper_series'))
    )
    op.create_table('user_',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('username', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('session_key', sa.String(length=32), nullable=False),
    sa.Column('ended_at', extensions.Instant(timezone=True), nullable=True),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_')),
    sa.UniqueConstraint('username', name=op.f('uq_user__username'))
    )
    op.create_table('calendar_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('loaded_at', extensions.Instant(timezone=True), nullable=False),
    sa.Column('loaded_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['loaded_by'], ['user_.id'], name=op.f('fk_calendar_file_loaded_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_file'))
    )
    op.create_table('credit_record',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('enterprise_id', sa.Integer(), nullable=False),
    sa.Column('determined_by_id', sa.Integer(), nullable=False),
    sa.Column('supplied_by_id', sa.Integer(), nullable=False),
    sa.Column('known_as', sa.String(length=200), nullable=False),
    sa.Column('document_number', sa.String(length=200), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('display_until', sa.Date(), nullable=True),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('sheet_says', sa.JSON(), nullable=False),
    sa.Column('handler', sa.String(length=200), nullable=False),
    sa.Column('severity', sa.String(length=10), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=True),
    sa.Column('displayed', sa.Boolean(), nullable=False),
    sa.Column('display_ended_on', sa.Date(), nullable=True),
    sa.Column('display_ended_by_case', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['determined_by_id'], ['bureau.id'], name=op.f('fk_credit_record_determined_by_id')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['user_.id'], name=op.f('fk_credit_record_entered_by_id')),
    sa.ForeignKeyConstraint(['enterprise_id'], ['enterprise.id'], name=op.f('fk_credit_record_enterprise_id')),
    sa.ForeignKeyConstraint(['supplied_by_id'], ['bureau.id'], name=op.f('fk_credit_record_supplied_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_record')),
    sa.UniqueConstraint('known_as', 'enterprise_id', 'determined_by_id', 'kind', name=op.f('uq_credit_record_known_as_enterprise_id_determined_by_id_kind'))
    )
    with op.batch_alter_table('credit_record', schema=None) as batch_op:
        batch_op.create_index('ix_credit_record_displayed', ['display_until'], unique=False, sqlite_where=sa.text('displayed'), postgresql_where=sa.text('displayed'))
        batch_op.create_index(batch_op.f('ix_credit_record_document_number'), ['document_number'], unique=False)
        batch_op.create_index(batch_op.f('ix_credit_record_enterprise_id'), ['enterprise_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_credit_record_supplied_by_id'), ['supplied_by_id'], unique=False)

    op.create_table('letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('to_party', sa.String(length=20), nullable=False),
    sa.Column('to_id', sa.Integer(), nullable=True),
    sa.Column('to_role', sa.String(length=20), nullable=False),
    sa.Column('mail', sa.String(length=254), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('case_number', sa.String(length=20), nullable=False),
    sa.Column('texts', sa.JSON(), nullable=False),
    sa.Column('paper_id', sa.Integer(), nullable=True),
    sa.Column('written_at', extensions.Instant(timezone=True), nullable=False),
    sa.Column('served_at', extensions.Instant(timezone=True), nullable=False),
    sa.Column('read_at', extensions.Instant(timezone=True), nullable=True),
    sa.Column('mail_state', sa.String(length=10), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_try_at', extensions.Instant(timezone=True), nullable=True),
    sa.Column('failing_since', extensions.Instant(timezone=True), nullable=True),
    sa.Column('sent_at', extensions.Instant(timezone=True), nullable=True),
    sa.Column('claimed_until', extensions.Instant(timezone=True), nullable=True),
    sa.Column('last_error', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['paper_id'], ['paper.id'], name=op.f('fk_letter_paper_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter'))
    )
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_letter_case_number'), ['case_number'], unique=False)
        batch_op.create_index('ix_letter_given_up', ['id'], unique=False, sqlite_where=sa.text("mail_state = 'given_up'"), postgresql_where=sa.text("mail_state = 'given_up'"))
        batch_op.create_index('ix_letter_inbox', ['to_party', 'to_id', 'to_role', 'served_at', 'id'], unique=False)
        batch_op.create_index('ix_letter_waiting', ['next_try_at'], unique=False, sqlite_where=sa.text("mail_state = 'waiting'"), postgresql_where=sa.text("mail_state = 'waiting'"))

    op.create_table('membership',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=12), nullable=False),
    sa.Column('bureau_id', sa.Integer(), nullable=True),
    sa.Column('enterprise_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['bureau_id'], ['bureau.id'], name=op.f('fk_membership_bureau_id')),
    sa.ForeignKeyConstraint(['enterprise_id'], ['enterprise.id'], name=op.f('fk_membership_enterprise_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_.id'], name=op.f('fk_membership_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership'))
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index('ix_membership_bureau', ['bureau_id', 'role'], unique=False)
        batch_op.create_index('ix_membership_enterprise', ['enterprise_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_membership_user_id'), ['user_id'], unique=False)

    op.create_table('sign_in_link',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('expires_at', extensions.Instant(timezone=True), nullable=False),
    sa.Column('used_at', extensions.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user_.id'], name=op.f('fk_sign_in_link_user_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_sign_in_link'))
    )
    with op.batch_alter_table('sign_in_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_link_user_id'), ['user_id'], unique=False)

    op.create_table('case_',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('check_code', sa.String(length=12), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('variant', sa.String(length=30), nullable=False),
    sa.Column('definition', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('desk', sa.String(length=12), nullable=True),
    sa.Column('bureau_id', sa.Integer(), nullable=True),
    sa.Column('enterprise_id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=True),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('filed_on', sa.Date(), nullable=False),
    sa.Column('opened_at', extensions.Instant(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=30), nullable=False),
    sa.Column('closed_at', extensions.Instant(timezone=True), nullable=True),
    sa.Column('first_closed_at', extensions.Instant(timezone=True), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('due_of', sa.String(length=30), nullable=False),
    sa.Column('length', sa.Integer(), nullable=False),
    sa.Column('head', sa.String(length=64), nullable=False),
    sa.CheckConstraint("(outcome <> '') = (closed_at IS NOT NULL)", name=op.f('ck_case__closed_means_outcome')),
    sa.CheckConstraint('(closed_at IS NULL) = (desk IS NOT NULL)', name=op.f('ck_case__closed_means_no_desk')),
    sa.ForeignKeyConstraint(['bureau_id'], ['bureau.id'], name=op.f('fk_case__bureau_id')),
    sa.ForeignKeyConstraint(['enterprise_id'], ['enterprise.id'], name=op.f('fk_case__enterprise_id')),
    sa.ForeignKeyConstraint(['record_id'], ['credit_record.id'], name=op.f('fk_case__record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_')),
    sa.UniqueConstraint('number', name=op.f('uq_case__number'))
    )
    with op.batch_alter_table('case_', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case__enterprise_id'), ['enterprise_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_case__record_id'), ['record_id'], unique=False)
        batch_op.create_index('ix_case_queue', ['desk', 'bureau_id', 'due_on', 'id'], unique=False, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.create_index('uq_case_open', ['record_id', 'kind', 'enterprise_id'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))

    op.create_table('record_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('event_seq', sa.Integer(), nullable=True),
    sa.Column('at', extensions.Instant(timezone=True), nullable=False),
    sa.Column('what', sa.String(length=20), nullable=False),
    sa.Column('field', sa.String(length=200), nullable=False),
    sa.Column('before', sa.Text(), nullable=False),
    sa.Column('after', sa.Text(), nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['credit_record.id'], name=op.f('fk_record_change_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record_change'))
    )
    with op.batch_alter_table('record_change', schema=None) as batch_op:
        batch_op.create_index('ix_record_change_case', ['case_id'], unique=False, sqlite_where=sa.text('case_id IS NOT NULL'), postgresql_where=sa.text('case_id IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_record_change_record_id'), ['record_id'], unique=False)

    op.create_table('record_flag',
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['credit_record.id'], name=op.f('fk_record_flag_record_id')),
    sa.PrimaryKeyConstraint('record_id', 'case_id', name=op.f('pk_record_flag'))
    )
    with op.batch_alter_table('record_flag', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_record_flag_case_id'), ['case_id'], unique=False)

    op.create_table('record_statement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('field', sa.String(length=200), nullable=False),
    sa.Column('statement', sa.Text(), nullable=False),
    sa.Column('checked_on', sa.Date(), nullable=False),
    sa.Column('note', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['credit_record.id'], name=op.f('fk_record_statement_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record_statement')),
    sa.UniqueConstraint('record_id', 'case_id', 'field', name=op.f('uq_record_statement_record_id_case_id_field'))
    )
    with op.batch_alter_table('record_statement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_record_statement_record_id'), ['record_id'], unique=False)

    op.create_table('case_bureau',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('from_seq', sa.Integer(), nullable=False),
    sa.Column('bureau_id', sa.Integer(), nullable=False),
    sa.Column('until_seq', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['bureau_id'], ['bureau.id'], name=op.f('fk_case_bureau_bureau_id')),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_case_bureau_case_id')),
    sa.PrimaryKeyConstraint('case_id', 'from_seq', name=op.f('pk_case_bureau'))
    )
    with op.batch_alter_table('case_bureau', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_bureau_bureau_id'), ['bureau_id'], unique=False)

    op.create_table('draft',
    sa.Column('key', sa.String(length=43), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('files', sa.JSON(), nullable=False),
    sa.Column('saved_at', extensions.Instant(timezone=True), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_draft_case_id')),
    sa.ForeignKeyConstraint(['record_id'], ['credit_record.id'], name=op.f('fk_draft_record_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_.id'], name=op.f('fk_draft_user_id')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_draft'))
    )
    with op.batch_alter_table('draft', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_draft_user_id'), ['user_id'], unique=False)

    op.create_table('event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', extensions.Instant(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('previous', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_event_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event')),
    sa.UniqueConstraint('case_id', 'seq', name=op.f('uq_event_case_id_seq'))
    )
    op.create_table('stuck_case',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('since', extensions.Instant(timezone=True), nullable=False),
    sa.Column('last_at', extensions.Instant(timezone=True), nullable=False),
    sa.Column('error', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_stuck_case_case_id')),
    sa.PrimaryKeyConstraint('case_id', name=op.f('pk_stuck_case'))
    )
    op.create_table('timer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('deadline', sa.String(length=30), nullable=False),
    sa.Column('rule', sa.String(length=60), nullable=False),
    sa.Column('owner', sa.String(length=12), nullable=False),
    sa.Column('bureau_id', sa.Integer(), nullable=True),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('started_on', sa.Date(), nullable=False),
    sa.Column('born_on', sa.Date(), nullable=True),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('unit', sa.String(length=10), nullable=False),
    sa.Column('rolls', sa.Boolean(), nullable=False),
    sa.Column('extended', sa.Integer(), nullable=False),
    sa.Column('holds', sa.JSON(), nullable=False),
    sa.Column('stopped_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('provisional', sa.Boolean(), nullable=False),
    sa.Column('next_rung', sa.String(length=40), nullable=False),
    sa.Column('next_at', extensions.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['bureau_id'], ['bureau.id'], name=op.f('fk_timer_bureau_id')),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_timer_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_timer'))
    )
    with op.batch_alter_table('timer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_timer_case_id'), ['case_id'], unique=False)
        batch_op.create_index('ix_timer_next', ['next_at'], unique=False, sqlite_where=sa.text('next_at IS NOT NULL'), postgresql_where=sa.text('next_at IS NOT NULL'))

    op.create_table('attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('field', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('media_type', sa.String(length=60), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_attachment_case_id')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_attachment_event_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment'))
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachment_case_id'), ['case_id'], unique=False)

    op.create_table('event_text',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('salt', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_event_text_case_id')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_text_event_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_text')),
    sa.UniqueConstraint('event_id', 'name', name=op.f('uq_event_text_event_id_name'))
    )
    with op.batch_alter_table('event_text', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_text_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_event_text_event_id'), ['event_id'], unique=False)

    op.create_table('rung_fired',
    sa.Column('timer_id', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('rung', sa.String(length=40), nullable=False),
    sa.Column('event_seq', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['timer_id'], ['timer.id'], name=op.f('fk_rung_fired_timer_id')),
    sa.PrimaryKeyConstraint('timer_id', 'due_on', 'rung', name=op.f('pk_rung_fired'))
    )
    triggers.create(op.get_bind())


def downgrade():
    op.drop_table('rung_fired')
    with op.batch_alter_table('event_text', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_event_text_event_id'))
        batch_op.drop_index(batch_op.f('ix_event_text_case_id'))

    op.drop_table('event_text')
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attachment_case_id'))

    op.drop_table('attachment')
    with op.batch_alter_table('timer', schema=None) as batch_op:
        batch_op.drop_index('ix_timer_next', sqlite_where=sa.text('next_at IS NOT NULL'), postgresql_where=sa.text('next_at IS NOT NULL'))
        batch_op.drop_index(batch_op.f('ix_timer_case_id'))

    op.drop_table('timer')
    op.drop_table('stuck_case')
    op.drop_table('event')
    with op.batch_alter_table('draft', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_draft_user_id'))

    op.drop_table('draft')
    with op.batch_alter_table('case_bureau', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_case_bureau_bureau_id'))

    op.drop_table('case_bureau')
    with op.batch_alter_table('record_statement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_record_statement_record_id'))

    op.drop_table('record_statement')
    with op.batch_alter_table('record_flag', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_record_flag_case_id'))

    op.drop_table('record_flag')
    with op.batch_alter_table('record_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_record_change_record_id'))
        batch_op.drop_index('ix_record_change_case', sqlite_where=sa.text('case_id IS NOT NULL'), postgresql_where=sa.text('case_id IS NOT NULL'))

    op.drop_table('record_change')
    with op.batch_alter_table('case_', schema=None) as batch_op:
        batch_op.drop_index('uq_case_open', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.drop_index('ix_case_queue', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_case__record_id'))
        batch_op.drop_index(batch_op.f('ix_case__enterprise_id'))

    op.drop_table('case_')
    with op.batch_alter_table('sign_in_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_link_user_id'))

    op.drop_table('sign_in_link')
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_membership_user_id'))
        batch_op.drop_index('ix_membership_enterprise')
        batch_op.drop_index('ix_membership_bureau')

    op.drop_table('membership')
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.drop_index('ix_letter_waiting', sqlite_where=sa.text("mail_state = 'waiting'"), postgresql_where=sa.text("mail_state = 'waiting'"))
        batch_op.drop_index('ix_letter_inbox')
        batch_op.drop_index('ix_letter_given_up', sqlite_where=sa.text("mail_state = 'given_up'"), postgresql_where=sa.text("mail_state = 'given_up'"))
        batch_op.drop_index(batch_op.f('ix_letter_case_number'))

    op.drop_table('letter')
    with op.batch_alter_table('credit_record', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_credit_record_supplied_by_id'))
        batch_op.drop_index(batch_op.f('ix_credit_record_enterprise_id'))
        batch_op.drop_index(batch_op.f('ix_credit_record_document_number'))
        batch_op.drop_index('ix_credit_record_displayed', sqlite_where=sa.text('displayed'), postgresql_where=sa.text('displayed'))

    op.drop_table('credit_record')
    op.drop_table('calendar_file')
    op.drop_table('user_')
    op.drop_table('paper_series')
    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_paper_case_number'))

    op.drop_table('paper')
    with op.batch_alter_table('organisation_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_organisation_change_body'))

    op.drop_table('organisation_change')
    op.drop_table('office')
    op.drop_table('heartbeat')
    with op.batch_alter_table('failed_sign_in', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_failed_sign_in_last_at'))

    op.drop_table('failed_sign_in')
    with op.batch_alter_table('enterprise', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_enterprise_name'))

    op.drop_table('enterprise')
    op.drop_table('case_series')
    op.drop_table('bureau')
