import { Fragment } from 'react'
import { Form, Link } from '@remix-run/react'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { ImportView } from '#app/services/imports/show-import.server.ts'
import type { PlanRow } from '#workflows/people/import/plan.ts'
import { Button } from './ui/form.tsx'
import { Icon } from './ui/icon.tsx'
import { Table } from './ui/table.tsx'
import { Time } from './ui/time.tsx'

/** What a file comes to, in numbers. */
export function ImportCounts({ view }: { view: ImportView }) {
	const { t, format } = useWords()
	const counts = [
		['rows', view.rows],
		['added', view.added],
		['changed', view.changed],
		['same', view.same],
		['errors', view.errors],
	] as const
	return (
		<section className="card stack" aria-label={t('imports.counts')}>
			<dl className="facts">
				{counts.map(([name, n]) => (
					<Fragment key={name}>
						<dt>{t(`imports.${name}`)}</dt>
						<dd>{format.number(n)}</dd>
					</Fragment>
				))}
				<dt>{t('imports.ends')}</dt>
				<dd>{view.errors > 0 && view.state === 'waiting' ? '–' : format.number(view.ends)}</dd>
				<dt>{t('imports.hash')}</dt>
				<dd>
					<code>{view.sha256}</code>
				</dd>
			</dl>
		</section>
	)
}

/** Applies or discards a file that waits. */
export function ImportActs({ view, error }: { view: ImportView; error: string | undefined }) {
	const { t, format } = useWords()
	const writes = view.added + view.changed
	return (
		<section className="card stack">
			<h2>{t('imports.next')}</h2>
			{view.errors > 0 ? (
				<p className="notice notice-bad">{t('imports.mend', { count: view.errors })}</p>
			) : writes === 0 ? (
				<p className="notice">{t('imports.nothing')}</p>
			) : (
				<>
					{view.ends > 0 ? (
						<p className="notice notice-bad">
							<Icon name="clock" /> {t('imports.endsWarning', { count: view.ends })}
						</p>
					) : (
						<p className="muted">{t('imports.endsNothing')}</p>
					)}
					<Form method="post" className="stack">
						<input type="hidden" name="intent" value="apply" />
						{error ? <p className="error">{error}</p> : null}
						<label className="choice">
							<input type="checkbox" name="confirmed" id="confirmed" value="yes" />{' '}
							{t('imports.confirm', { count: writes, number: format.number(writes) })}
						</label>
						<div>
							<Button>{t('imports.apply')}</Button>
						</div>
					</Form>
				</>
			)}
			<Form method="post" className="row">
				<input type="hidden" name="intent" value="discard" />
				<Button look="plain">{t('imports.discard')}</Button>
				<span className="muted small">
					{t('imports.expires')} <Time at={view.expiresAt} />
				</span>
			</Form>
		</section>
	)
}

type Shown = ImportView & { page: number; pages: number; shown: PlanRow[] }

/** The rows of a dry run, a page at a time; all, or those with errors. */
export function ImportRows({ view, onlyErrors }: { view: Shown; onlyErrors: boolean }) {
	const { t, format } = useWords()
	const only = onlyErrors ? 'only=errors&' : ''
	return (
		<section className="stack">
			<h2>{t('imports.rowByRow')}</h2>
			<nav className="row" aria-label={t('imports.filter')}>
				<Link to="?" aria-current={onlyErrors ? undefined : 'page'}>
					{t('imports.allRows', { number: format.number(view.rows) })}
				</Link>
				<Link to="?only=errors" aria-current={onlyErrors ? 'page' : undefined}>
					{t('imports.onlyErrors', { number: format.number(view.errors) })}
				</Link>
				<a href={`/people/import/${view.id}/rows.csv${onlyErrors ? '?only=errors' : ''}`} download>
					{t('imports.asCsv')}
				</a>
			</nav>
			<Table
				caption={t('imports.rowByRow')}
				rows={view.shown}
				keyOf={({ line }) => String(line)}
				empty={t('imports.noRows')}
				columns={[
					{ label: t('imports.lineLabel'), cell: ({ line }) => String(line) },
					{
						label: t('imports.person'),
						cell: ({ person, personId }) =>
							personId === null ? person || '–' : <Link to={`/people/${personId}`}>{person}</Link>,
					},
					{ label: t('imports.outcome'), cell: (row) => <OutcomeBadge row={row} /> },
					{ label: t('imports.details'), cell: (row) => <RowDetails row={row} /> },
				]}
			/>
			{view.pages > 1 ? (
				<nav className="row" aria-label={t('imports.pages')}>
					{view.page > 0 ? <Link to={`?${only}page=${view.page}`}>{t('imports.back')}</Link> : null}
					<span>{t('imports.page', { page: view.page + 1, pages: view.pages })}</span>
					{view.page + 1 < view.pages ? (
						<Link to={`?${only}page=${view.page + 2}`}>{t('imports.forth')}</Link>
					) : null}
				</nav>
			) : null}
		</section>
	)
}

const LOOKS = {
	added: { look: 'active', icon: 'plus' },
	changed: { look: 'waiting', icon: 'clock' },
	same: { look: 'voided', icon: 'slash' },
	error: { look: 'refused', icon: 'cross' },
} as const

function OutcomeBadge({ row: { outcome } }: { row: PlanRow }) {
	const { t } = useWords()
	const { look, icon } = LOOKS[outcome]
	return (
		<span className={`badge badge-${look}`}>
			<Icon name={icon} /> {t(`imports.outcome_${outcome}`)}
		</span>
	)
}

function RowDetails({ row: { changes, problems, ends } }: { row: PlanRow }) {
	const { t } = useWords()
	if (changes.length + problems.length + ends === 0) return <span className="muted">–</span>
	return (
		<ul className="plain">
			{problems.map(({ field, problem, about }) => (
				<li key={`${field} ${problem}`}>
					{field === 'row' ? null : (
						<>
							<code>{field}</code>:{' '}
						</>
					)}
					{t(problemKey(problem), { about: about ?? '' })}
				</li>
			))}
			{changes.map(({ field, from, to }) => (
				<li key={field}>
					<code>{field}</code>: {from || '–'} → {to || '–'}
				</li>
			))}
			{ends > 0 ? <li>{t('imports.endsOfRow', { count: ends })}</li> : null}
		</ul>
	)
}

/** What only a file can have wrong stands among the words of imports; the rest is said as when it is recorded by hand. */
const OWN = new Set([
	'CELL_COUNT',
	'NUL_CHARACTER',
	'FORMULA',
	'DAY',
	'YES_OR_NO',
	'EVIDENCE_NEEDED',
	'TWICE_IN_FILE',
	'TWO_PEOPLE',
	'NOBODY_KNOWN',
	'NO_SUCH_MANAGER',
])
const problemKey = (problem: string) =>
	(OWN.has(problem) ? `imports.row_${problem}` : `errors.${problem}`) as TextKey
