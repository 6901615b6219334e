import type { LoaderFunctionArgs } from '@remix-run/node'
import { Link, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { kindKey } from '#app/components/timeline.tsx'
import { Icon } from '#app/components/ui/icon.tsx'
import { Time } from '#app/components/ui/time.tsx'
import type { EntryDetail } from '#app/services/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { requireActor } from '#app/utils/guards.server.ts'
import { handled, parseParams } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({
	index: z
		.string()
		.regex(/^\d{1,15}$/)
		.transform(Number),
})

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => {
		const { index } = parseParams(paramsSchema, args.params)
		return { entry: await args.context.services.record.entry(actor, index) }
	})
}

export const meta = titled<typeof loader>('titles.entry', ({ entry: { index } }) => ({ index }))

export default function EntryPage() {
	const { t } = useWords()
	const { entry } = useLoaderData<typeof loader>()
	return (
		<>
			<h1>{t('record.entryTitle', { index: entry.index, kind: t(kindKey(entry.kind)) })}</h1>
			<section className="card">
				<dl className="facts">
					<dt>{t('record.when')}</dt>
					<dd>
						<Time at={entry.time} />
					</dd>
					<dt>{t('record.about')}</dt>
					<dd>{entry.subject ?? t('record.organisation')}</dd>
					<dt>{t('record.by')}</dt>
					<dd>{entry.actor ?? t('requests.machine')}</dd>
					<dt>{t('record.leafHash')}</dt>
					<dd>
						<code>{entry.leafHash}</code>
					</dd>
				</dl>
				<h2>{t('record.leaf')}</h2>
				<pre className="text-block" tabIndex={0}>
					{entry.leaf}
				</pre>
			</section>
			{entry.openings.length > 0 ? (
				<section className="card">
					<h2>{t('record.openings')}</h2>
					<dl className="facts">
						{entry.openings.map(({ group, record, erased }) => (
							<div key={group} className="stack">
								<dt>{group}</dt>
								<dd>
									{erased ? (
										<span>
											<Icon name="slash" /> {t('record.erasedOn')} <Time at={erased.at} />
											{erased.entryIndex === null ? null : (
												<>
													{' · '}
													<Link to={`/record/${erased.entryIndex}`}>
														{t('requests.entry', { index: erased.entryIndex })}
													</Link>
												</>
											)}
										</span>
									) : record === null ? (
										<span className="muted">{t('record.sealed')}</span>
									) : (
										<pre className="text-block">{record}</pre>
									)}
								</dd>
							</div>
						))}
					</dl>
				</section>
			) : null}
			<EntryProof proof={entry.proof} />
		</>
	)
}

function EntryProof({ proof }: Pick<EntryDetail, 'proof'>) {
	const { t } = useWords()
	if (proof === null) return <p className="notice">{t('witness.waitsForWitness')}</p>
	return (
		<section className="card">
			<h2>{t('record.proof', { size: proof.treeSize })}</h2>
			<ol>
				{proof.path.map((hash) => (
					<li key={hash}>
						<code>{hash}</code>
					</li>
				))}
			</ol>
			<h2>{t('record.checkpoint')}</h2>
			{proof.isWitnessed ? <p className="muted">{t('witness.proofWitnessed')}</p> : null}
			<pre className="text-block" tabIndex={0}>
				{proof.checkpoint}
			</pre>
		</section>
	)
}
