import { isRouteErrorResponse, Link, useRouteError } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import type { Refusal } from '#app/utils/http.server.ts'
import { DecisionReasons } from './decision-reasons.tsx'

const TITLES: Readonly<Record<number, TextKey>> = {
	403: 'errors.title403',
	404: 'errors.title404',
	409: 'errors.title409',
	422: 'errors.title422',
	503: 'errors.title503',
}

/** What happened, what it means, and what to do; for the unexpected a reference instead of details. */
export function ErrorPage({ reference }: { reference: string }) {
	const { t } = useWords()
	const error = useRouteError()
	const refusal = isRouteErrorResponse(error) ? (error.data as Partial<Refusal> | null) : null
	const status = isRouteErrorResponse(error) ? error.status : 500
	const message = refusal?.code
		? t(`errors.${refusal.code}`)
		: status === 404
			? t('errors.NOT_FOUND')
			: t('errors.unexpected', { reference })
	return (
		<div className="card">
			<h1>{t(TITLES[status] ?? 'errors.title500')}</h1>
			<p>{message}</p>
			{refusal?.denials && refusal.denials.length > 0 ? <DecisionReasons clauses={refusal.denials} /> : null}
			<p>
				<Link to="/">{t('errors.home')}</Link>
			</p>
		</div>
	)
}
