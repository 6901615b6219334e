import { Form } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import type { PreparedToken } from '#app/services/api/make-token.server.ts'
import { API_SCOPES, LONGEST_TOKEN_DAYS, type ApiScope } from '#workflows/people/api-scopes.ts'
import { SignPanel, type Prepared } from './sign-panel.tsx'
import { Button, Field, type FormErrors } from './ui/form.tsx'
import { Time } from './ui/time.tsx'

const DAYS = [1, 7, 30, LONGEST_TOKEN_DAYS]

export const scopeKey = (scope: ApiScope) => `api.scope_${scope.replace(':', '_')}` as TextKey

/** What a token is to be, before it is signed for. */
export function TokenForm({ errors, sent }: { errors: FormErrors; sent: Readonly<Record<string, string>> }) {
	const { t } = useWords()
	const chosen = sent.scopes?.split(',') ?? ['requests:read', 'requests:write']
	return (
		<Form method="post" className="card stack">
			<h2>{t('api.make')}</h2>
			<input type="hidden" name="intent" value="prepare" />
			<Field id="name" label={t('api.name')} hint={t('api.nameHint')} error={errors.name}>
				{(aria) => (
					<input
						{...aria}
						className="input"
						maxLength={100}
						autoComplete="off"
						defaultValue={sent.name ?? ''}
					/>
				)}
			</Field>
			<fieldset className="field" aria-describedby="scopes-hint">
				<legend>{t('api.scopes')}</legend>
				<p className="hint" id="scopes-hint">
					{t('api.scopesHint')}
				</p>
				{errors.scopes ? <p className="error">{errors.scopes}</p> : null}
				{API_SCOPES.map((scope, i) => (
					<label key={scope} className="choice" htmlFor={i === 0 ? 'scopes' : scope}>
						<input
							type="checkbox"
							name="scopes"
							id={i === 0 ? 'scopes' : scope}
							value={scope}
							defaultChecked={chosen.includes(scope)}
						/>
						<span>
							{t(scopeKey(scope))} <code className="muted small">{scope}</code>
						</span>
					</label>
				))}
			</fieldset>
			<Field id="days" label={t('api.days')} hint={t('api.daysHint')} error={errors.days}>
				{(aria) => (
					<select {...aria} className="input" defaultValue={sent.days ?? '30'}>
						{DAYS.map((days) => (
							<option key={days} value={days}>
								{t('api.dayCount', { count: days })}
							</option>
						))}
					</select>
				)}
			</Field>
			<p>
				<Button>{t('api.review')}</Button>
			</p>
		</Form>
	)
}

/** The token as it will be signed for. */
export function TokenSignPanel({
	name,
	prepared,
}: {
	name: string
	prepared: Prepared<PreparedToken['envelope']>
}) {
	const { t } = useWords()
	const { scopes, endsAt } = prepared.envelope
	return (
		<SignPanel prepared={prepared} isAgainst={false} label={t('api.sign')} fields={{ intent: 'sign' }}>
			<dt>{t('api.name')}</dt>
			<dd>{name}</dd>
			<dt>{t('api.may')}</dt>
			<dd>
				<ul className="bullets">
					{scopes.map((scope) => (
						<li key={scope}>{t(scopeKey(scope))}</li>
					))}
				</ul>
			</dd>
			<dt>{t('api.works')}</dt>
			<dd>
				<Time at={endsAt} />
			</dd>
		</SignPanel>
	)
}
