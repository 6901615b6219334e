import { Form } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import { Button, Field, type FormErrors } from './ui/form.tsx'

/** Makes a report: by reading the tenant, or from what was exported of it. One of each sort at a time; the form is back when it has ended. */
export function ReadinessMake({
	errors,
	sent,
	isReading,
	isMaking,
	isOpen,
}: {
	errors: FormErrors
	/** What was typed, where the form came back. */
	sent: Readonly<Record<string, string>>
	/** The tenant is being read. */
	isReading: boolean
	/** A report is being made of files. */
	isMaking: boolean
	/** Files are likely to be given, since the last ones were refused. */
	isOpen: boolean
}) {
	const { t } = useWords()
	if (isReading && isMaking) return null
	return (
		<section className="card stack no-print">
			{isReading ? null : (
				<Form method="post" className="row">
					<input type="hidden" name="intent" value="tenant" />
					<Button>{t('readiness.makeFromTenant')}</Button>
				</Form>
			)}
			{isMaking ? null : (
				<details open={isOpen || errors.files !== undefined || errors.readAt !== undefined}>
					<summary>{t('readiness.files')}</summary>
					{/* A whole document, so that the browser shows how far large files are. */}
					<Form method="post" encType="multipart/form-data" reloadDocument className="stack">
						<input type="hidden" name="intent" value="files" />
						<Field
							id="files"
							label={t('readiness.files')}
							hint={t('readiness.filesHint')}
							error={errors.files}
						>
							{(aria) => (
								<input {...aria} className="input" type="file" multiple accept=".json,application/json" />
							)}
						</Field>
						<Field
							id="readAt"
							label={t('readiness.exportedAt')}
							hint={t('readiness.exportedAtHint')}
							error={errors.readAt}
						>
							{(aria) => (
								<input
									{...aria}
									className="input"
									type="datetime-local"
									// By the second: which of two reports is the later one decides what is mended.
									step="1"
									defaultValue={sent.readAt}
									required
								/>
							)}
						</Field>
						<div>
							<Button look="plain">{t('readiness.makeFromFiles')}</Button>
						</div>
					</Form>
				</details>
			)}
		</section>
	)
}
