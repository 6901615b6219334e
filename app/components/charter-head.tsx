import { Link } from '@remix-run/react'
import type { CharterView } from '#app/services/charter/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { CopyButton } from './ui/copy-button.tsx'
import { Time } from './ui/time.tsx'

/** What a charter is, since when it is in force, and what proves it. */
export function CharterHead({ charter }: { charter: CharterView }) {
	const { t, format } = useWords()
	return (
		<section className="card">
			<dl className="facts">
				<dt>{t('charter.organisation')}</dt>
				<dd>{charter.organisation}</dd>
				<dt>{t('charter.boundary')}</dt>
				<dd>{charter.boundary}</dd>
				<dt>{t('charter.jurisdiction')}</dt>
				<dd>{format.country(charter.jurisdiction)}</dd>
				{charter.tenants.length > 0 ? (
					<>
						<dt>{t('charter.tenants')}</dt>
						<dd>{charter.tenants.map(({ title }) => title).join(', ')}</dd>
					</>
				) : null}
				<dt>{t('charter.since')}</dt>
				<dd>
					<Time at={charter.inForceFrom} />
				</dd>
				{charter.inForceUntil === null ? null : (
					<>
						<dt>{t('charter.untilWhen')}</dt>
						<dd>
							<Time at={charter.inForceUntil} />
						</dd>
					</>
				)}
				<dt>{t('charter.broughtBy')}</dt>
				<dd>
					{charter.amendmentId === null ? (
						t('charter.first')
					) : (
						<Link to={`/charter/amendments/${charter.amendmentId}`}>{t('charter.signedAmendment')}</Link>
					)}
					{charter.entryIndex === null ? null : (
						<>
							{' · '}
							<Link to={`/record/${charter.entryIndex}`}>
								{t('requests.entry', { index: charter.entryIndex })}
							</Link>
						</>
					)}
				</dd>
				<dt>{t('charter.digest')}</dt>
				<dd>
					<code>{charter.textSha256}</code> <CopyButton text={charter.textSha256} />
				</dd>
			</dl>
		</section>
	)
}

/** The text itself, for who wants to read it as it was signed. */
export function CharterSource({ yaml }: { yaml: string }) {
	const { t } = useWords()
	return (
		<details className="card">
			<summary>{t('charter.text')}</summary>
			<pre className="text-block" tabIndex={0}>
				{yaml}
			</pre>
		</details>
	)
}
