import type { LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useLoaderData } from '@remix-run/react'
import { Button } from '#app/components/ui/form.tsx'
import { Table } from '#app/components/ui/table.tsx'
import { Time } from '#app/components/ui/time.tsx'
import { useWords } from '#app/messages/text.tsx'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	await requirePermission(args, 'charter:read')
	return handled(async () => ({ versions: await args.context.services.charter.versions() }))
}

export const meta = titled('titles.charterVersions')

export default function VersionsPage() {
	const { t } = useWords()
	const { versions } = useLoaderData<typeof loader>()
	const numbers = versions.map(({ version }) => version)
	const [newest = 1, previous = newest] = numbers
	return (
		<>
			<h1>{t('charter.versionsTitle', { count: versions.length })}</h1>
			<Table
				caption={t('charter.navVersions')}
				rows={versions}
				keyOf={({ version }) => String(version)}
				empty={t('errors.NOTHING_IN_FORCE')}
				columns={[
					{
						label: t('amendments.amendment'),
						cell: ({ version }) => (
							<Link to={`/charter/versions/${version}`}>{t('amendments.version', { version })}</Link>
						),
					},
					{ label: t('charter.since'), cell: ({ inForceFrom }) => <Time at={inForceFrom} /> },
					{
						label: t('charter.untilWhen'),
						cell: ({ inForceUntil }) =>
							inForceUntil === null ? <strong>{t('charter.isInForce')}</strong> : <Time at={inForceUntil} />,
					},
					{
						label: t('charter.broughtBy'),
						cell: ({ amendmentId }) =>
							amendmentId === null ? (
								t('charter.first')
							) : (
								<Link to={`/charter/amendments/${amendmentId}`}>{t('charter.signedAmendment')}</Link>
							),
					},
					{
						label: t('charter.navRecord'),
						cell: ({ entryIndex }) =>
							entryIndex === null ? (
								t('requests.entryPending')
							) : (
								<Link to={`/record/${entryIndex}`}>{t('requests.entry', { index: entryIndex })}</Link>
							),
					},
				]}
			/>
			{versions.length > 1 ? (
				<Form className="card" action="/charter/diff">
					<h2>{t('charter.compare')}</h2>
					<div className="row">
						{(['from', 'to'] as const).map((name) => (
							<label key={name} htmlFor={name} className="row">
								{t(name === 'from' ? 'charter.compareFrom' : 'charter.compareTo')}
								<select
									className="input input-small"
									id={name}
									name={name}
									defaultValue={name === 'from' ? previous : newest}
								>
									{numbers.map((version) => (
										<option key={version} value={version}>
											{version}
										</option>
									))}
								</select>
							</label>
						))}
						<Button look="small">{t('charter.compare')}</Button>
					</div>
				</Form>
			) : null}
		</>
	)
}
