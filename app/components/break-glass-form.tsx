import { Form } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { StandingView, UsableRole } from '#app/services/break-glass/views.ts'
import type { PreparedUse } from '#app/services/break-glass/sign-use.server.ts'
import { DecisionReasons } from './decision-reasons.tsx'
import { SignPanel, type Prepared } from './sign-panel.tsx'
import { Button, Field } from './ui/form.tsx'
import { Icon } from './ui/icon.tsx'

type Texts = Readonly<Record<string, string>>
const DURATIONS_MINUTES = [10, 15, 30, 60, 120, 240, 480]

/** What signing comes to, before anything is filled in. */
export function BreakGlassMeaning({ standing }: { standing: StandingView }) {
	const { t, format } = useWords()
	const duration = format.duration(standing.maximumSeconds * 1000)
	const { review } = standing
	return (
		<section className="card">
			<h2>{t('breakGlass.means')}</h2>
			<ul className="bullets">
				<li>{t(standing.secondOfficer ? 'breakGlass.meansSecond' : 'breakGlass.meansOpen', { duration })}</li>
				<li>{t('breakGlass.meansTold', { roles: standing.tells.join(', ') })}</li>
				<li>
					{t('breakGlass.meansReview', {
						number: review.quorum,
						role: review.by,
						duration: format.duration(review.withinSeconds * 1000),
					})}
				</li>
				<li>{t('breakGlass.meansRules')}</li>
			</ul>
		</section>
	)
}

/** The form, as short as it can be: role, what has happened, the number, how long. */
export function BreakGlassForm({
	standing,
	errors,
	sent,
}: {
	standing: StandingView
	errors: Texts
	sent: Texts
}) {
	const { t, format } = useWords()
	const allowed = standing.roles.filter(isFree)
	const [first] = allowed
	if (!first) return null
	return (
		<Form method="post" className="card stack">
			<input type="hidden" name="intent" value="prepare" />
			<fieldset className="field">
				<legend>{t('breakGlass.chooseRole')}</legend>
				{errors.role ? <p className="error">{errors.role}</p> : null}
				{allowed.map(({ role, purpose, entraRole }, i) => (
					<div key={role.key}>
						<label className="choice" htmlFor={i === 0 ? 'role' : `role-${role.key}`}>
							<input
								type="radio"
								name="role"
								id={i === 0 ? 'role' : `role-${role.key}`}
								value={role.key}
								defaultChecked={sent.role === role.key || allowed.length === 1}
								required
							/>
							<span>
								{role.title} <span className="muted small">{entraRole}</span>
							</span>
						</label>
						<p className="hint">{purpose}</p>
					</div>
				))}
			</fieldset>
			<Field
				id="reason"
				label={t('breakGlass.reason')}
				hint={t('breakGlass.reasonHint')}
				error={errors.reason}
			>
				{(aria) => (
					<textarea
						className="input"
						rows={3}
						maxLength={500}
						required
						defaultValue={sent.reason ?? ''}
						{...aria}
					/>
				)}
			</Field>
			<Field
				id="ticket"
				label={t('breakGlass.ticket')}
				hint={t('breakGlass.ticketHint', { example: first.ticketExample })}
				error={errors.ticket}
			>
				{(aria) => (
					<input className="input" maxLength={60} required defaultValue={sent.ticket ?? ''} {...aria} />
				)}
			</Field>
			<Field
				id="durationMinutes"
				label={t('breakGlass.howLong')}
				hint={t('breakGlass.howLongHint')}
				error={errors.durationMinutes}
			>
				{(aria) => (
					<select className="input" defaultValue={sent.durationMinutes ?? '30'} {...aria}>
						{DURATIONS_MINUTES.filter((minutes) => minutes * 60 <= standing.maximumSeconds).map((minutes) => (
							<option key={minutes} value={minutes}>
								{format.duration(minutes * 60_000)}
							</option>
						))}
					</select>
				)}
			</Field>
			<p>
				<Button look="danger">{t('breakGlass.review')}</Button>
			</p>
		</Form>
	)
}

export const isFree = ({ denials, isOpenAlready }: UsableRole) => denials.length === 0 && !isOpenAlready

/** Roles that this person cannot take now, each with every reason. */
export function BarredRoles({ roles }: { roles: readonly UsableRole[] }) {
	const { t } = useWords()
	const barred = roles.filter((role) => !isFree(role))
	if (barred.length === 0) return null
	return (
		<section className="card">
			<h2>{t('breakGlass.nowhere')}</h2>
			{barred.map(({ role, denials, isOpenAlready }) => (
				<details key={role.key} open>
					<summary>
						<strong>{role.title}</strong>
						{isOpenAlready ? <span className="muted small"> – {t('breakGlass.openAlready')}</span> : null}
					</summary>
					{denials.length > 0 ? <DecisionReasons clauses={denials} /> : null}
				</details>
			))}
		</section>
	)
}

/** The use as it will be signed, with the consequence in one sentence before the passkey. */
export function BreakGlassSignPanel({
	standing,
	prepared,
	sent,
}: {
	standing: StandingView
	prepared: Prepared<PreparedUse['envelope']>
	sent: Texts
}) {
	const { t, format } = useWords()
	const { role, durationSeconds } = prepared.envelope
	const title = standing.roles.find((each) => each.role.key === role)?.role.title ?? role
	const duration = format.duration(durationSeconds * 1000)
	return (
		<div className="stack">
			<p className="notice notice-alarm" data-testid="consequence">
				<Icon name="alarm" />{' '}
				{t(standing.secondOfficer ? 'breakGlass.consequenceSecond' : 'breakGlass.consequence', {
					role: title,
					duration,
					roles: standing.tells.join(', '),
				})}
			</p>
			<SignPanel prepared={prepared} isAgainst label={t('breakGlass.sign')} fields={{ intent: 'sign' }}>
				<dt>{t('breakGlass.youTake')}</dt>
				<dd>
					<strong>{title}</strong>
				</dd>
				<dt>{t('breakGlass.duration')}</dt>
				<dd>{duration}</dd>
				<dt>{t('breakGlass.reason')}</dt>
				<dd>{sent.reason ?? ''}</dd>
				<dt>{t('breakGlass.ticket')}</dt>
				<dd>{sent.ticket ?? ''}</dd>
			</SignPanel>
		</div>
	)
}
