using UnityEngine;
#if POLYCLINIC_XR_HANDS
using System.Collections.Generic;
using UnityEngine.XR.Hands;
#endif

namespace Polyclinic.Unity
{
    /// <summary>The wearer: the transforms of an XR Origin, and bare hands where the package XR Hands is there.</summary>
    public sealed class LocalRig : MonoBehaviour
    {
        [SerializeField, Tooltip("The XR Origin: what is moved to move the wearer")]
        private Transform origin;
        [SerializeField, Tooltip("Its camera")]
        private Transform head;
        [SerializeField, Tooltip("Grip poses of the controllers; active while they are tracked")]
        private Transform leftGrip;
        [SerializeField] private Transform rightGrip;
        [SerializeField] private bool seated;

        /// <summary>0 to 1, of the wearer's microphone.</summary>
        public float Voice { get; set; }
        public bool Seated { get { return seated; } set { seated = value; } }
        public bool Signing { get; set; }

        /// <summary>Write what is tracked now into `pose`, in the frame of the room.</summary>
        public void Track(Transform room, LocalPose pose)
        {
            pose.HeadTracked = head != null && head.gameObject.activeInHierarchy;
            pose.Head = pose.HeadTracked ? Axes.In(room, head) : pose.Head;
            pose.LeftTracked = Grip(room, leftGrip, ref pose.Left);
            pose.RightTracked = Grip(room, rightGrip, ref pose.Right);
            pose.LeftFingersTracked = pose.RightFingersTracked = false;
            TrackBareHands(room, pose);
            pose.Voice = Voice;
            pose.Seated = seated;
            pose.Signing = Signing;
        }

        private static bool Grip(Transform room, Transform grip, ref Place place)
        {
            bool tracked = grip != null && grip.gameObject.activeInHierarchy;
            place = tracked ? Axes.In(room, grip) : place;
            return tracked;
        }

        /// <summary>Stand so that the head is at a place of the room and looks along a yaw about +Y.</summary>
        public void StandAt(Transform room, Vec3 place, double yaw)
        {
            // Unity's axes turn the other way about the vertical.
            float wanted = room.rotation.eulerAngles.y - (float)(yaw * 180 / System.Math.PI);
            origin.RotateAround(head.position, Vector3.up, wanted - head.rotation.eulerAngles.y);
            // The floor of the tracking space is the room's floor: only who is tracked without one is lifted.
            Vector3 target = room.TransformPoint(Axes.ToUnity(place));
            Vector3 off = target - head.position;
            origin.position = origin.position + new Vector3(off.x, room.position.y - origin.position.y, off.z);
        }

        /// <summary>Move the rig so that the head is at a place of the room.</summary>
        public void MoveHeadTo(Transform room, Vec3 place)
        {
            origin.position = origin.position + room.TransformPoint(Axes.ToUnity(place)) - head.position;
        }

#if POLYCLINIC_XR_HANDS
        private readonly List<XRHandSubsystem> subsystems = new List<XRHandSubsystem>();
        private XRHandSubsystem hands;

        private void TrackBareHands(Transform room, LocalPose pose)
        {
            if (hands == null || !hands.running)
            {
                SubsystemManager.GetSubsystems(subsystems);
                hands = subsystems.Count > 0 ? subsystems[0] : null;
            }
            if (hands == null)
            {
                return;
            }
            if (TrackBareHand(room, hands.leftHand, pose.LeftJoints))
            {
                pose.LeftTracked = pose.LeftFingersTracked = true;
                pose.Left = HandModel.GripFromWrist(pose.LeftJoints[HandModel.Wrist], true);
            }
            if (TrackBareHand(room, hands.rightHand, pose.RightJoints))
            {
                pose.RightTracked = pose.RightFingersTracked = true;
                pose.Right = HandModel.GripFromWrist(pose.RightJoints[HandModel.Wrist], false);
            }
        }

        private bool TrackBareHand(Transform room, XRHand hand, Place[] joints)
        {
            if (!hand.isTracked)
            {
                return false;
            }
            for (int joint = 0; joint < HandModel.JointCount; joint++)
            {
                Pose local;
                if (!hand.GetJoint(IdOf(joint)).TryGetPose(out local))
                {
                    return false;
                }
                // XR Hands tells poses in the frame of the XR Origin.
                Vector3 position = room.InverseTransformPoint(origin.TransformPoint(local.position));
                joints[joint] = Axes.FromUnity(
                    position, Quaternion.Inverse(room.rotation) * (origin.rotation * local.rotation));
            }
            return true;
        }

        /// <summary>XR Hands has the wrist first, OpenXR and this wire the palm; all others stand in the same order.</summary>
        private static XRHandJointID IdOf(int joint)
        {
            return joint == HandModel.Palm ? XRHandJointID.Palm
                : joint == HandModel.Wrist ? XRHandJointID.Wrist : (XRHandJointID)(joint + 1);
        }
#else
        private static void TrackBareHands(Transform room, LocalPose pose)
        {
        }
#endif
    }
}
