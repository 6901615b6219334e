import { Form } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { PreferencesView } from '#app/services/notify/preferences.server.ts'
import { TOPICS } from '#workflows/notify/notice-kinds.ts'
import { MAIL_MODES } from '#workflows/notify/plan-mail.ts'
import { Button, Field, type FormErrors } from './ui/form.tsx'
import { Icon } from './ui/icon.tsx'
import { ZoneField } from './zone-field.tsx'

const QUARTERS = Array.from({ length: 96 }, (_, n) => n * 15)
const HOURS = Array.from({ length: 24 }, (_, n) => n)
const clock = (minutes: number) =>
	`${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

/** By which topics, at which hours and in which language mail comes. Break-glass has no choice, and says so. */
export function PreferencesForm({
	preferences,
	zones,
	sent,
	errors,
}: {
	preferences: PreferencesView
	zones: readonly string[]
	sent: Readonly<Record<string, string>>
	errors: FormErrors
}) {
	const { t, language } = useWords()
	const { modes, quiet, digestHour, zone } = preferences
	return (
		<Form method="post" className="stack">
			<MailWay preferences={preferences} />
			<fieldset className="card">
				<legend className="visually-hidden">{t('notify.byTopic')}</legend>
				<h2 aria-hidden="true">{t('notify.byTopic')}</h2>
				<div className="topics">
					{TOPICS.map((topic) => (
						<div className="topic" key={topic}>
							<div>
								{topic === 'break_glass' ? (
									<strong>{t(`notify.topic_${topic}`)}</strong>
								) : (
									<label htmlFor={`mode_${topic}`}>{t(`notify.topic_${topic}`)}</label>
								)}
								<p className="hint" id={`mode_${topic}-hint`}>
									{t(`notify.topicHint_${topic}`)}
								</p>
							</div>
							{topic === 'break_glass' ? (
								<span className="badge badge-refused topic-fixed">
									<Icon name="alarm" />
									{t('notify.mode_now')}
								</span>
							) : (
								<select
									className="input"
									id={`mode_${topic}`}
									name={`mode_${topic}`}
									aria-describedby={`mode_${topic}-hint`}
									defaultValue={sent[`mode_${topic}`] ?? modes[topic]}
								>
									{MAIL_MODES.map((mode) => (
										<option key={mode} value={mode}>
											{t(`notify.mode_${mode}`)}
										</option>
									))}
								</select>
							)}
						</div>
					))}
				</div>
			</fieldset>
			<fieldset className="card">
				<legend className="visually-hidden">{t('notify.gathering')}</legend>
				<h2 aria-hidden="true">{t('notify.gathering')}</h2>
				<p className="hint">
					{t('notify.quiet')}: {t('notify.quietHint')}
				</p>
				<div className="fields">
					{(['quietFrom', 'quietUntil'] as const).map((name) => {
						const held = name === 'quietFrom' ? quiet?.from : quiet?.until
						return (
							<Field
								key={name}
								id={name}
								label={`${t('notify.quiet')}: ${t(`notify.${name}`)}`}
								error={errors[name]}
							>
								{(aria) => (
									<select {...aria} className="input" defaultValue={sent[name] ?? String(held ?? '')}>
										<option value="">{t('notify.noQuiet')}</option>
										{QUARTERS.map((minutes) => (
											<option key={minutes} value={minutes}>
												{clock(minutes)}
											</option>
										))}
									</select>
								)}
							</Field>
						)
					})}
					<Field id="digestHour" label={t('notify.digestHour')} error={errors.digestHour}>
						{(aria) => (
							<select {...aria} className="input" defaultValue={sent.digestHour ?? String(digestHour)}>
								{HOURS.map((hour) => (
									<option key={hour} value={hour}>
										{clock(hour * 60)}
									</option>
								))}
							</select>
						)}
					</Field>
					<ZoneField label={t('notify.zone')} zone={sent.zone ?? zone} zones={zones} error={errors.zone} />
					<div className="field">
						<label htmlFor="mail-language">{t('notify.language')}</label>
						<select
							className="input"
							id="mail-language"
							name="language"
							defaultValue={sent.language ?? preferences.language ?? language}
						>
							<option value="en" lang="en">
								English
							</option>
							<option value="de" lang="de">
								Deutsch
							</option>
						</select>
					</div>
				</div>
			</fieldset>
			<div>
				<Button>{t('notify.savePreferences')}</Button>
			</div>
		</Form>
	)
}

/** Whether there is mail at all, and where it goes. */
function MailWay({ preferences: { server, address, isEncrypted } }: { preferences: PreferencesView }) {
	const { t } = useWords()
	if (server === null) return <p className="notice">{t('notify.noServer')}</p>
	return (
		<>
			{address === null ? (
				<p className="notice notice-bad">{t('notify.noAddress')}</p>
			) : (
				<p>{t('notify.goesTo', { address })}</p>
			)}
			{isEncrypted ? null : <p className="notice notice-bad">{t('notify.plainMail')}</p>}
		</>
	)
}
