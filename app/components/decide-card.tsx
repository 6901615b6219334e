import { Form } from '@remix-run/react'
import { DecisionReasons } from '#app/components/decision-reasons.tsx'
import { useWords } from '#app/messages/text.tsx'
import type { RequestView } from '#app/services/views.ts'
import { DURATIONS_MINUTES } from './request-form.tsx'
import { Button, Field, type FormErrors } from './ui/form.tsx'

/** The form in which an approver chooses what they will then sign, or why they cannot. */
export function DecideCard({
	request,
	errors,
	sent,
}: {
	request: RequestView
	errors: FormErrors
	sent: Readonly<Record<string, string>>
}) {
	const { t } = useWords()
	const { decide } = request
	if (decide === null) return null
	if (!decide.allowed) {
		return (
			<section className="card">
				<h2>{t('requests.mayNotDecide')}</h2>
				<p>{t(`errors.${decide.code}`)}</p>
				{decide.denials.length > 0 ? <DecisionReasons clauses={decide.denials} /> : null}
			</section>
		)
	}
	const chosen = sent.verdict === undefined ? (decide.draft ?? {}) : sent
	return (
		<section className="card">
			<h2>{t('requests.decision', { role: decide.stageTitle })}</h2>
			{decide.draft && sent.verdict === undefined ? (
				<p className="muted small">{t('requests.decisionKept')}</p>
			) : null}
			{decide.ways.some(({ inPlaceOf }) => inPlaceOf) ? (
				<p className="muted small">{t('requests.inPlaceOf')}</p>
			) : null}
			<Form method="post" className="stack">
				<input type="hidden" name="intent" value="prepare" />
				<fieldset className="field">
					<legend className="visually-hidden">{t('requests.verdict')}</legend>
					{errors.verdict ? <p className="error">{errors.verdict}</p> : null}
					<label className="choice" htmlFor="verdict">
						<input
							type="radio"
							name="verdict"
							id="verdict"
							value="approve"
							defaultChecked={chosen.verdict === 'approve'}
						/>
						{t('requests.approve')}
					</label>
					<label className="choice" htmlFor="verdict-deny">
						<input
							type="radio"
							name="verdict"
							id="verdict-deny"
							value="deny"
							defaultChecked={chosen.verdict === 'deny'}
						/>
						{t('requests.deny')}
					</label>
				</fieldset>
				<Choices request={request} chosen={chosen} errors={errors} />
				<Field
					id="reason"
					label={t('requests.decisionReason')}
					hint={t('requests.decisionReasonHint')}
					error={errors.reason}
				>
					{(aria) => (
						<textarea
							className="input"
							rows={2}
							maxLength={500}
							defaultValue={chosen.reason ?? ''}
							{...aria}
						/>
					)}
				</Field>
				<p>
					<Button>{t('requests.review')}</Button>
				</p>
			</Form>
		</section>
	)
}

/** For how long, and for which group, where there is a choice. */
function Choices({
	request,
	chosen,
	errors,
}: {
	request: RequestView
	chosen: Readonly<Record<string, string>>
	errors: FormErrors
}) {
	const { t, format } = useWords()
	const { decide, durationSeconds } = request
	const asked = durationSeconds / 60
	const shorter = DURATIONS_MINUTES.filter((minutes) => minutes < asked)
	const ways = decide?.allowed ? decide.ways : []
	return (
		<>
			{ways.length > 1 ? (
				<Field id="group" label={t('requests.decideFor')} error={errors.group}>
					{(aria) => (
						<select className="input" defaultValue={chosen.group} {...aria}>
							{ways.map(({ group, title }) => (
								<option key={group} value={group}>
									{title}
								</option>
							))}
						</select>
					)}
				</Field>
			) : null}
			{shorter.length > 0 ? (
				<Field id="minutes" label={t('requests.give')} hint={t('requests.giveHint')} error={errors.minutes}>
					{(aria) => (
						<select className="input" defaultValue={chosen.minutes ?? String(asked)} {...aria}>
							{[...shorter, asked].map((minutes) => (
								<option key={minutes} value={minutes}>
									{format.duration(minutes * 60_000)}
								</option>
							))}
						</select>
					)}
				</Field>
			) : null}
		</>
	)
}
