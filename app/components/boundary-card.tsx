import { Form } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { BoundaryView } from '#app/services/roster/views.ts'
import type { Weekday } from '#workflows/lockbox/shifts.ts'
import { HolderForm, HolderTable } from './boundary-holders.tsx'
import { ShiftForms, ShiftTable } from './boundary-shifts.tsx'
import { Button, Field, type FormErrors } from './ui/form.tsx'

export type BoundaryAnswer = {
	sent: Readonly<Record<string, string>>
	days: readonly Weekday[]
	errors: FormErrors
}
export type BoundaryProps = { boundary: BoundaryView; zone: string; answer: BoundaryAnswer }

/** One boundary: what it is, who holds its role and who is on duty, with what changes them. */
export function BoundaryCard({ boundary, zone, answer, mayManage }: BoundaryProps & { mayManage: boolean }) {
	const { t } = useWords()
	const { id, name, provider, scope, approverRole, holdersNeeded, holdings, shifts } = boundary
	return (
		<section className="card stack" aria-labelledby={`boundary-${id}`}>
			<h2 id={`boundary-${id}`}>{name}</h2>
			<dl className="facts">
				<dt>{t('roster.provider')}</dt>
				<dd>{t(`roster.${provider}Provider`)}</dd>
				<dt>{t('roster.scope')}</dt>
				<dd className="mono">{scope}</dd>
				<dt>{t('roster.approverRole')}</dt>
				<dd>{approverRole}</dd>
				<dt>{t('roster.holdersNeeded')}</dt>
				<dd>{holdersNeeded}</dd>
				<dt>{t('roster.reading')}</dt>
				<dd>
					<ReadingText boundary={boundary} />
				</dd>
			</dl>
			{holdings === null || shifts === null ? (
				<p className="muted">{t('roster.noNames')}</p>
			) : (
				<>
					<h3>{t('roster.holders')}</h3>
					<HolderTable boundary={boundary} holdings={holdings} />
					{mayManage ? <HolderForm boundary={boundary} zone={zone} answer={answer} /> : null}
					<h3>{t('roster.shifts')}</h3>
					<ShiftTable boundary={boundary} shifts={shifts} mayManage={mayManage} />
					{mayManage ? <ShiftForms boundary={boundary} zone={zone} answer={answer} /> : null}
				</>
			)}
			{mayManage ? <ChangeForms boundary={boundary} answer={answer} /> : null}
		</section>
	)
}

function ReadingText({ boundary: { reading } }: { boundary: BoundaryView }) {
	const { t, format } = useWords()
	if (reading === null) return <>{t('roster.notRead')}</>
	const { readAt, trouble, isOld } = reading
	return (
		<>
			{readAt === null ? t('roster.readingNever') : t('roster.readingAt', { at: format.instant(readAt) })}{' '}
			{trouble === null ? null : t('roster.readingTrouble', { code: trouble })}{' '}
			{isOld && readAt !== null ? t('roster.readingOld') : null}
		</>
	)
}

function ChangeForms({
	boundary: { id, holdersNeeded },
	answer,
}: Pick<BoundaryProps, 'boundary' | 'answer'>) {
	const { t } = useWords()
	const isOwn = answer.sent.intent === 'change'
	return (
		<details open={isOwn || undefined}>
			<summary>{t('roster.change')}</summary>
			<div className="stack">
				<Form method="post" className="row">
					<input type="hidden" name="intent" value="change" />
					<input type="hidden" name="boundaryId" value={id} />
					<Field
						id={isOwn ? 'holdersNeeded' : `needed-${id}`}
						label={t('roster.holdersNeeded')}
						error={isOwn ? answer.errors.holdersNeeded : undefined}
					>
						{(aria) => (
							<input
								className="input"
								type="number"
								min={1}
								max={99}
								defaultValue={isOwn ? answer.sent.holdersNeeded : holdersNeeded}
								required
								{...aria}
								name="holdersNeeded"
							/>
						)}
					</Field>
					<Button look="plain">{t('roster.change')}</Button>
				</Form>
				<Form method="post" className="stack">
					<input type="hidden" name="intent" value="close" />
					<input type="hidden" name="boundaryId" value={id} />
					<p className="hint">{t('roster.closeHint')}</p>
					<p>
						<Button look="danger">{t('roster.close')}</Button>
					</p>
				</Form>
			</div>
		</details>
	)
}
