import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { Button, ErrorSummary } from '#app/components/ui/form.tsx'
import { Icon } from '#app/components/ui/icon.tsx'
import { Table } from '#app/components/ui/table.tsx'
import { Time } from '#app/components/ui/time.tsx'
import { answerClauses } from '#app/messages/answer-in-words.ts'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { ShareView } from '#app/services/audit/share/list-shares.server.ts'
import { readForm } from '#app/utils/form.server.ts'
import { formats } from '#app/utils/format.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const endSchema = z.object({ shareId: z.uuid() })

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'record:export')
	return handled(async () => ({ shares: await args.context.services.audit.shares(actor) }))
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'record:export')
	const read = await readForm(args.request, endSchema)
	if (!read.ok) return data({ error: 'errors.INVALID_INPUT' }, { status: 422 })
	const done = await attempted(() => args.context.services.audit.endShare(actor, read.value.shareId))
	if (!done.ok) return data({ error: `errors.${done.refusal.code}` }, { status: done.status })
	return redirect('/audit/shares?ended')
}

const LOOK = {
	open: 'badge-active',
	stopped: 'badge-timed_out',
	ended: 'badge-ended',
	expired: 'badge-timed_out',
} as const
const ICON = { open: 'check', stopped: 'alarm', ended: 'slash', expired: 'clock' } as const

export const meta = titled('titles.shares')

export default function SharesPage() {
	const words = useWords()
	const { t } = words
	const { shares } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	return (
		<>
			<h1>{t('shares.title', { count: shares.filter(({ state }) => state === 'open').length })}</h1>
			<ErrorSummary message={answer ? t(answer.error as TextKey) : undefined} />
			{search.has('ended') && !answer ? (
				<p className="notice notice-good" role="status">
					{t('shares.endedNow')}
				</p>
			) : null}
			<Table
				caption={t('shares.all')}
				rows={shares}
				keyOf={({ id }) => id}
				empty={t('shares.none')}
				columns={[
					{ label: t('question.period'), cell: (share) => <PeriodOf share={share} /> },
					{
						label: t('shares.answer'),
						cell: ({ answer: told }) =>
							`${answerClauses(words, told.counts)
								.map(({ text }) => text)
								.join('; ')}.`,
					},
					{ label: t('shares.madeBy'), cell: ({ createdBy }) => createdBy },
					{ label: t('shares.madeAt'), cell: ({ createdAt }) => <Time at={createdAt} /> },
					{ label: t('shares.expires'), cell: ({ expiresAt }) => <Time at={expiresAt} /> },
					{
						label: t('shares.state'),
						cell: ({ id, state, endedAt }) => (
							<>
								<span className={`badge ${LOOK[state]}`}>
									<Icon name={ICON[state]} />
									{t(`shares.${state}`)}
								</span>{' '}
								{endedAt === null ? null : <Time at={endedAt} />}
								{state === 'open' || state === 'stopped' ? (
									<Form method="post">
										<input type="hidden" name="shareId" value={id} />
										<Button look="small">{t('shares.end')}</Button>
									</Form>
								) : null}
							</>
						),
					},
				]}
			/>
		</>
	)
}

function PeriodOf({ share: { answer } }: { share: ShareView }) {
	const { t, language } = useWords()
	const { instant } = formats(language, answer.zone)
	return (
		<>
			{t('question.periodIs', {
				from: instant(answer.period.from),
				until: instant(answer.period.until),
				zone: answer.zone,
			})}
		</>
	)
}
