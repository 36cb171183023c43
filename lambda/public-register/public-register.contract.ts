import * as z from 'zod';
import { accessMode, collectionId } from '../platform/configuration.contract';
import { londonDate, projectId } from '../register/identifiers.contract';

/**
 * The public data use register. Fields are named as in HDR UK's Gateway (HDRUK/gateway-api, data uses), those that it does
 * not have in the same way. Null: not asked, or not answered. There are no people in it.
 */

/** `approved`: its first day is still to come. */
export const registerStatus = z.enum(['approved', 'active', 'ended', 'revoked']);

export const registerEntry = z.object({
  project_id_text: projectId,
  project_title: z.string(),
  status: registerStatus,
  organisation_name: z.string(),
  organisation_sector: z.string().nullable(),
  lay_summary: z.string(),
  public_benefit_statement: z.string().nullable(),
  technical_summary: z.string().nullable(),
  /** An AI model is trained, tested or run on the images. */
  ai_use: z.boolean(),
  request_category_type: z.string().nullable(),
  request_frequency: z.string().nullable(),
  latest_approval_date: londonDate,
  project_start_date: londonDate,
  /** Last day of access, until 23:59:59 Europe/London; that of the legal basis where it is earlier. */
  project_end_date: londonDate,
  /** Day on which it was ended or revoked. */
  project_closed_date: londonDate.nullable(),
  /** First day on which the images could be read. */
  access_date: londonDate,
  /** `TRE`: read inside the Data Access Environment only. `Release`: also read outside it. */
  access_type: z.enum(['TRE', 'Release']),
  access_mode: accessMode,
  access_conditions: z.array(z.string()),
  datasets: z.array(z.object({ id: collectionId, title: z.string() })),
  data_sensitivity_level: z.string(),
  privacy_enhancements: z.string().nullable(),
  dataset_linkage_description: z.string().nullable(),
  confidential_data_description: z.string().nullable(),
  legal_basis_for_data_article6: z.string().nullable(),
  legal_basis_for_data_article9: z.string().nullable(),
  duty_of_confidentiality: z.string().nullable(),
  national_data_optout: z.string(),
  accredited_researcher_status: z.string().nullable(),
  funders_and_sponsors: z.array(z.string()),
  other_approval_committees: z.array(z.string()),
  sublicence_arrangements: z.string().nullable(),
  non_gateway_outputs: z.array(z.string()),
  /** Approvals after the first one. */
  amendments: z.array(z.object({ approval_date: londonDate, project_end_date: londonDate })),
  /** Whole days from the submission of the first application to its approval. */
  days_to_decision: z.number().int().min(0),
});

/** Entries of one page where nothing else is asked for. */
export const MOST_ENTRIES = 500;

/** Query of `GET /v1/register` and `GET /v1/register.csv`. */
export const registerQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MOST_ENTRIES).default(MOST_ENTRIES),
  next: z.string().max(1000).optional(),
});

/** Answer of `GET /v1/register`, the latest approval first; `next` is absent on the last page. */
export const registerPage = z.object({
  projects: z.array(registerEntry),
  /** Entries on all pages. */
  total: z.number().int().min(0),
  /** Over all pages; null where there are none. */
  median_days_to_decision: z.number().min(0).nullable(),
  next: z.string().optional(),
});

export type RegisterEntry = z.infer<typeof registerEntry>;
export type RegisterPage = z.infer<typeof registerPage>;
