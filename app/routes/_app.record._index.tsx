import type { LoaderFunctionArgs } from '@remix-run/node'
import { Link, useLoaderData } from '@remix-run/react'
import { RecordWitnesses } from '#app/components/record-witnesses.tsx'
import { RecordAlarms } from '#app/components/record-alarms.tsx'
import { kindKey } from '#app/components/timeline.tsx'
import { CopyButton } from '#app/components/ui/copy-button.tsx'
import { Table } from '#app/components/ui/table.tsx'
import { Time } from '#app/components/ui/time.tsx'
import { useWords } from '#app/messages/text.tsx'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled, queryOf } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'record:read')
	const before = Number(queryOf(args.request)('before'))
	const filter = Number.isSafeInteger(before) && before > 0 ? { before } : {}
	return handled(() => args.context.services.record.show(actor, filter))
}

export const meta = titled('titles.record')

export default function RecordPage() {
	const { t, format } = useWords()
	const { status, entries, next } = useLoaderData<typeof loader>()
	return (
		<>
			<h1>{t('record.title', { size: format.number(status.size) })}</h1>
			<RecordAlarms {...status} />
			<section className="card">
				<dl className="facts">
					<dt>{t('record.origin')}</dt>
					<dd>
						<code>{status.origin}</code>
					</dd>
					<dt>{t('record.vkey')}</dt>
					<dd>
						<code>{status.vkey}</code> <CopyButton text={status.vkey} />
					</dd>
					{status.signedAt ? (
						<>
							<dt>{t('record.signedAt')}</dt>
							<dd>
								<Time at={status.signedAt} />
							</dd>
						</>
					) : null}
					{status.pending > 0 ? (
						<>
							<dt>{t('record.waiting')}</dt>
							<dd>{format.number(status.pending)}</dd>
						</>
					) : null}
					<dt>{t('record.audited')}</dt>
					<dd>
						{status.audit === null ? (
							t('record.auditNone')
						) : (
							<>
								<Time at={status.audit.at} />
								{status.audit.problems.length === 0 ? `: ${t('record.auditHolds')}` : null}
							</>
						)}
					</dd>
				</dl>
				{status.checkpoint === null ? null : (
					<details>
						<summary>{t('record.checkpoint')}</summary>
						<pre className="text-block" tabIndex={0}>
							{status.checkpoint}
						</pre>
					</details>
				)}
			</section>
			<RecordWitnesses size={status.size} signedAt={status.signedAt} {...status.witnessing} />
			<Table
				caption={t('shell.record')}
				rows={entries}
				keyOf={({ id }) => id}
				empty={t('record.empty')}
				columns={[
					{ label: t('record.index'), cell: ({ index }) => <Link to={`/record/${index}`}>{index}</Link> },
					{ label: t('record.kind'), cell: ({ kind }) => t(kindKey(kind)) },
					{ label: t('record.about'), cell: ({ subject }) => subject ?? t('record.organisation') },
					{ label: t('record.by'), cell: ({ actor }) => actor ?? t('requests.machine') },
					{ label: t('record.when'), cell: ({ time }) => <Time at={time} /> },
				]}
			/>
			<p className="row">
				<Link to="/record">{t('shell.newer')}</Link>
				{next === null ? null : <Link to={`?before=${next}`}>{t('shell.older')}</Link>}
			</p>
		</>
	)
}
