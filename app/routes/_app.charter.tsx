import type { LoaderFunctionArgs } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { Table } from '#app/components/ui/table.tsx'
import { Time } from '#app/components/ui/time.tsx'
import { requirementText } from '#app/messages/reasons-in-words.ts'
import { useWords } from '#app/messages/text.tsx'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled } from '#app/utils/http.server.ts'

export async function loader(args: LoaderFunctionArgs) {
	await requirePermission(args, 'charter:read')
	return handled(async () => ({ charter: await args.context.services.charter.show() }))
}

export default function CharterPage() {
	const words = useWords()
	const { t, format } = words
	const { charter } = useLoaderData<typeof loader>()
	const requestable = charter.roles.filter(({ access }) => access !== null)
	const held = charter.roles.filter(({ access }) => access === null)
	type Role = (typeof charter.roles)[number]
	const common = [
		{
			label: t('requests.role'),
			cell: ({ title, purpose }: Role) => (
				<>
					<strong>{title}</strong>
					<br />
					<span className="muted small">{purpose}</span>
				</>
			),
		},
		{
			label: t('reasons.required'),
			cell: ({ asks }: Role) => (
				<ul>
					{asks.map((clause, i) => (
						<li key={`${clause.code}-${i}`}>{requirementText(words, clause)}</li>
					))}
				</ul>
			),
		},
	]
	return (
		<>
			<h1>{t('charter.title', { title: charter.title, version: charter.version })}</h1>
			<section className="card">
				<dl className="facts">
					<dt>{t('charter.organisation')}</dt>
					<dd>{charter.organisation}</dd>
					<dt>{t('charter.boundary')}</dt>
					<dd>{charter.boundary}</dd>
					<dt>{t('charter.jurisdiction')}</dt>
					<dd>{format.country(charter.jurisdiction)}</dd>
					<dt>{t('charter.since')}</dt>
					<dd>
						<Time at={charter.inForceFrom} />
					</dd>
					<dt>{t('charter.digest')}</dt>
					<dd>
						<code>{charter.textSha256}</code>
					</dd>
				</dl>
			</section>
			<h2>{t('charter.rolesRequest')}</h2>
			<Table
				caption={t('charter.rolesRequest')}
				rows={requestable}
				keyOf={({ key }) => key}
				empty={t('shell.none')}
				columns={[
					...common,
					{ label: t('requests.entraRole'), cell: ({ access }) => access?.entraRole },
					{
						label: t('charter.maximum'),
						cell: ({ access }) => format.duration((access?.maximumSeconds ?? 0) * 1000),
					},
					{
						label: t('charter.approval'),
						cell: ({ access }) => (
							<ol>
								{access?.stages.map(({ title, quorum, withinSeconds }) => (
									<li key={title}>
										{t('charter.stages', {
											role: title,
											quorum,
											time: format.duration(withinSeconds * 1000),
										})}
									</li>
								))}
							</ol>
						),
					},
				]}
			/>
			<h2>{t('charter.rolesHeld')}</h2>
			<Table
				caption={t('charter.rolesHeld')}
				rows={held}
				keyOf={({ key }) => key}
				empty={t('shell.none')}
				columns={common}
			/>
			<h2>{t('charter.facilities')}</h2>
			<Table
				caption={t('charter.facilities')}
				rows={charter.facilities}
				keyOf={({ key }) => key}
				empty={t('shell.none')}
				columns={[
					{ label: t('people.name'), cell: ({ title }) => title },
					{ label: t('people.country'), cell: ({ city, country }) => `${city}, ${format.country(country)}` },
					{ label: t('charter.networks'), cell: ({ networks }) => <code>{networks.join(', ')}</code> },
				]}
			/>
			<details className="card">
				<summary>{t('charter.text')}</summary>
				<pre className="text-block" tabIndex={0}>
					{charter.yaml}
				</pre>
			</details>
		</>
	)
}
