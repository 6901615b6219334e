import { Form, Link } from '@remix-run/react'
import type { ErasurePreview } from '#app/services/people/show-erasure.server.ts'
import { useWords } from '#app/messages/text.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { ERASURE_GROUNDS } from '#workflows/people/erasure.ts'
import { Button, Field, type FormErrors } from './ui/form.tsx'
import { Icon } from './ui/icon.tsx'
import { kindKey } from './timeline.tsx'

type Part = ErasurePreview['parts'][number]

/** One part that can be erased: what it is, which entries hold it, and what can then no longer be checked. */
export function ErasablePartCard({ part, preview }: { part: Part; preview: ErasurePreview }) {
	const { t } = useWords()
	const { weight, keptPasskeys } = preview
	const numbers = { ...weight, signatures: weight.amendmentSignatures }
	const hasLoss = part.part === 'facts' || part.part === 'passkeys'
	return (
		<section className="card">
			<div className="head">
				<h2>{t(`erasure.${part.part}`)}</h2>
				<span className="chip">
					{part.total === 0 ? t('erasure.nothing') : t('erasure.total', { count: part.total })}
				</span>
			</div>
			<p>{t(`erasure.${part.part}What` as TextKey, numbers)}</p>
			{hasLoss && part.total > 0 ? (
				<p className="notice">
					<Icon name="alarm" />
					{t(`erasure.${part.part}Loses` as TextKey, numbers)}
				</p>
			) : null}
			{part.part === 'passkeys' && keptPasskeys > 0 ? (
				<p className="muted">{t('erasure.passkeysKept', { count: keptPasskeys })}</p>
			) : null}
			{part.total > 0 ? (
				<details>
					<summary>{t('erasure.which')}</summary>
					<dl className="facts">
						{part.groups.map(({ kind, group, count, indexes }) => (
							<div className="facts-row" key={kind + group}>
								<dt>
									{t(kindKey(kind))} · <code>{group}</code>
								</dt>
								<dd>
									{indexes.map((index) => (
										<span key={index}>
											<Link className="index-link" to={`/record/${index}`}>
												{index}
											</Link>{' '}
										</span>
									))}
									{count > indexes.length ? t('erasure.more', { count: count - indexes.length }) : null}
								</dd>
							</div>
						))}
					</dl>
				</details>
			) : null}
		</section>
	)
}

/** Chooses the parts, says why, and confirms by typing the name. */
export function EraseForm({
	preview,
	errors,
	sent,
	chosen,
}: {
	preview: ErasurePreview
	errors: FormErrors
	sent: Readonly<Record<string, string>>
	chosen: readonly string[]
}) {
	const { t } = useWords()
	return (
		<Form method="post" className="card">
			<h2>{t('erasure.form')}</h2>
			<fieldset className="field" id="parts">
				<legend>{t('erasure.chosen')}</legend>
				{errors.parts ? <p className="error">{errors.parts}</p> : null}
				{preview.parts.map(({ part, total }) => (
					<label key={part} className="choice">
						<input
							type="checkbox"
							name="parts"
							value={part}
							defaultChecked={chosen.includes(part) && total > 0}
							disabled={total === 0}
						/>
						{t(`erasure.${part}`)}
					</label>
				))}
			</fieldset>
			<Field id="ground" label={t('erasure.ground')} error={errors.ground}>
				{(aria) => (
					<select className="input" {...aria} defaultValue={sent.ground ?? ''} required>
						<option value="" disabled>
							{t('people.choose')}
						</option>
						{ERASURE_GROUNDS.map((ground) => (
							<option key={ground} value={ground}>
								{t(`erasure.${ground}`)}
							</option>
						))}
					</select>
				)}
			</Field>
			<Field id="reason" label={t('erasure.reason')} hint={t('erasure.reasonHint')} error={errors.reason}>
				{(aria) => (
					<textarea className="input" rows={3} {...aria} defaultValue={sent.reason ?? ''} required />
				)}
			</Field>
			<Field
				id="confirmation"
				label={t('erasure.confirmation', { name: preview.name })}
				error={errors.confirmation}
			>
				{(aria) => (
					<input
						className="input"
						autoComplete="off"
						{...aria}
						defaultValue={sent.confirmation ?? ''}
						required
					/>
				)}
			</Field>
			<p>
				<Button look="danger">{t('erasure.button')}</Button>
			</p>
		</Form>
	)
}
