import { Form, Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import { CopyButton } from './ui/copy-button.tsx'
import { Button, Field } from './ui/form.tsx'

/** Makes a link to the answer and its bundle; shows one that was just made, for the only time. */
export function ShareForm({
	days,
	made,
	error,
}: {
	days: readonly number[]
	made: { url: string; expiresAt: string } | null
	error?: string | undefined
}) {
	const { t, format } = useWords()
	return (
		<section className="card" aria-labelledby="share">
			<h2 id="share">{t('shares.make')}</h2>
			{made === null ? null : (
				<div className="notice notice-good stack stack-tight" role="status">
					<p>{t('shares.made', { until: format.instant(made.expiresAt) })}</p>
					<p>
						<code data-testid="share-link">{made.url}</code> <CopyButton text={made.url} />
					</p>
				</div>
			)}
			<p className="muted">{t('shares.makeLead')}</p>
			<Form method="post" className="row">
				<Field id="days" label={t('shares.days')} error={error}>
					{(aria) => (
						<select className="input" {...aria} defaultValue="7">
							{days.map((count) => (
								<option key={count} value={count}>
									{t('shares.daysIs', { count })}
								</option>
							))}
						</select>
					)}
				</Field>
				<fieldset className="row">
					<legend className="visually-hidden">{t('audit.profile')}</legend>
					{(['history', 'auditor'] as const).map((profile) => (
						<label className="choice" key={profile}>
							<input type="radio" name="profile" value={profile} defaultChecked={profile === 'history'} />
							{t(`audit.profile_${profile}`)}
						</label>
					))}
				</fieldset>
				<Button look="plain">{t('shares.button')}</Button>
				<Link to="/audit/shares">{t('shares.all')}</Link>
			</Form>
		</section>
	)
}
