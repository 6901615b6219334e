import { Link } from '@remix-run/react'
import type { ReactNode } from 'react'
import type { ExportView } from '#app/services/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { Icon } from './ui/icon.tsx'
import { Table } from './ui/table.tsx'
import { Time } from './ui/time.tsx'

const FILES = ['csv', 'jsonl', 'ocsf', 'oscal'] as const

/**
 * What can be taken away of the history that the filter chooses, and what each is for. The links have no `download`: the
 * answer says by itself that it is a file, and a refusal would be saved as if it were one.
 */
export function ExportList({ query }: { query: string }) {
	const { t } = useWords()
	const withMark = `${query}${query === '' ? '?' : '&'}bom=1`
	return (
		<section className="card" aria-labelledby="exports">
			<h2 id="exports">{t('audit.exports')}</h2>
			<p className="muted">{t('audit.exportsLead')}</p>
			<ul className="export-list">
				{FILES.map((format) => (
					<ExportItem key={format} words={t(`audit.${format}For`)}>
						<a className="button" href={`/audit/history.${format}${query}`}>
							{t(`audit.name_${format}`)}
						</a>
						{format === 'csv' ? (
							<a className="button button-small" href={`/audit/history.csv${withMark}`}>
								{t('audit.csvExcel')}
							</a>
						) : null}
					</ExportItem>
				))}
				<li>
					<form method="get" action="/audit/bundle" className="stack stack-tight">
						{[...new URLSearchParams(query)].map(([name, value], i) => (
							<input key={i} type="hidden" name={name} value={value} />
						))}
						<div className="row">
							<button className="button button-primary" type="submit">
								{t('audit.bundle')}
							</button>
						</div>
						<p>{t('audit.bundleFor')}</p>
						<fieldset>
							<legend className="visually-hidden">{t('audit.profile')}</legend>
							{(['history', 'auditor'] as const).map((profile) => (
								<label className="choice" key={profile}>
									<input type="radio" name="profile" value={profile} defaultChecked={profile === 'history'} />
									{t(`audit.profile_${profile}`)}
								</label>
							))}
						</fieldset>
						<p className="row">
							<a href="/verify.html" download>
								{t('bundle.download')}
							</a>
							<code className="muted">{t('audit.verify')}</code>
						</p>
					</form>
				</li>
			</ul>
		</section>
	)
}

function ExportItem({ words, children }: { words: string; children: ReactNode }) {
	return (
		<li className="stack stack-tight">
			<div className="row">{children}</div>
			<p>{words}</p>
		</li>
	)
}

/** What was taken away of late, whether it is whole, and the digest to hold a file against. */
export function RecentExports({ exports }: { exports: readonly ExportView[] }) {
	const { t, format } = useWords()
	return (
		// No landmark of its own: the table is one, by the same name.
		<div className="stack stack-tight">
			<h2>{t('audit.recent')}</h2>
			<Table
				caption={t('audit.recent')}
				rows={exports}
				keyOf={({ index }) => String(index)}
				empty={t('audit.recentEmpty')}
				columns={[
					{
						label: t('audit.entry'),
						cell: ({ index }) => <Link to={`/record/${index}`}>{format.number(index)}</Link>,
					},
					{ label: t('audit.when'), cell: ({ at }) => <Time at={at} /> },
					{ label: t('audit.by'), cell: ({ by }) => by ?? '–' },
					{
						label: t('audit.format'),
						cell: ({ format: kind }) => t(`audit.name_${kind}`),
					},
					{ label: t('audit.rows'), cell: ({ rows }) => format.number(rows) },
					{
						label: t('audit.result'),
						cell: ({ isWhole }) => (
							<span className={`badge ${isWhole ? 'badge-active' : 'badge-refused'}`}>
								<Icon name={isWhole ? 'check' : 'cross'} /> {t(isWhole ? 'audit.whole' : 'audit.cutOff')}
							</span>
						),
					},
					{ label: t('audit.digest'), cell: ({ sha256 }) => <code>{sha256}</code> },
				]}
			/>
		</div>
	)
}
